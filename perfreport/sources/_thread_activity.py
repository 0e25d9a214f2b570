"""What a thread is doing, read from its name, state and frames."""

from __future__ import annotations

import re

from perfreport.model.threads import Activity

_HTTP_WORKER = re.compile(
    r"https?-(?:nio2?|apr|bio|jsse-nio2?|openssl-\w+)-.*-exec-\d+|ajp-\w+-.*-exec-\d+|tomcat-handler-\d+"
    r"|catalina-exec-\d+|XNIO-\d+ task-\d+|qtp\d+-\d+|reactor-http-\w+-\d+|undertow-\d+"
    r"|http-nio-\d+-exec-\d+|vert\.x-worker-thread-\d+|executor-thread-\d+"
)
_POOLS = (
    "com.zaxxer.hikari.util.ConcurrentBag.borrow",
    "com.zaxxer.hikari.pool.HikariPool.getConnection",
    "org.apache.tomcat.jdbc.pool.ConnectionPool.borrowConnection",
    "org.apache.commons.pool2.impl.GenericObjectPool.borrowObject",
    "org.apache.commons.dbcp.PoolingDataSource.getConnection",
    "com.alibaba.druid.pool.DruidDataSource.pollLast",
    "com.alibaba.druid.pool.DruidDataSource.takeLast",
    "com.mchange.v2.resourcepool.BasicResourcePool.awaitAvailable",
    "oracle.ucp.jdbc.PoolDataSourceImpl.getConnection",
    "com.ibm.ejs.j2c.PoolManager.reserve",
)
_CACHE_POOL = ("redis.clients.jedis", "org.springframework.data.redis")
_LIBRARIES = (
    (Activity.DATABASE, (
        "org.mariadb.jdbc.", "com.mysql.cj.", "com.mysql.jdbc.", "org.postgresql.", "oracle.jdbc.",
        "oracle.net.", "com.microsoft.sqlserver.", "org.h2.", "com.ibm.db2.",
    )),
    (Activity.CACHE, (
        "io.lettuce.", "redis.clients.", "org.redisson.", "net.spy.memcached.",
        "org.springframework.data.redis.",
    )),
    (Activity.MESSAGING, ("org.apache.kafka.clients.producer.", "com.rabbitmq.client.")),
    (Activity.DOWNSTREAM, (
        "java.net.http.", "jdk.internal.net.http.", "sun.net.www.", "okhttp3.", "retrofit2.",
        "org.apache.http.", "org.apache.hc.", "feign.", "org.springframework.web.client.",
        "org.springframework.http.client.", "org.springframework.web.reactive.function.client.",
        "io.grpc.stub.ClientCalls",
    )),
    (Activity.LOGGING, ("ch.qos.logback.core.", "org.apache.logging.log4j.core.appender.")),
)  # fmt: skip
_IDLE = (
    "java.util.concurrent.ThreadPoolExecutor.getTask",
    "org.apache.tomcat.util.threads.TaskQueue.",
    "org.apache.tomcat.util.threads.ThreadPoolExecutor.getTask",
    "java.util.concurrent.ForkJoinPool.awaitWork",
    "java.util.concurrent.ForkJoinPool.runWorker",
    "org.eclipse.jetty.util.thread.QueuedThreadPool",
    "org.jboss.threads.EnhancedQueueExecutor$PoolThreadNode.park",
    "org.jboss.threads.EnhancedQueueExecutor",
    "sun.nio.ch.EPoll",
    "sun.nio.ch.KQueue",
    "sun.nio.ch.Net.accept",
    "sun.nio.ch.ServerSocketChannelImpl",
    "java.util.TimerThread.mainLoop",
    "io.netty.channel.epoll.",
    "org.apache.kafka.clients.consumer.",
)
_LOCKS = (
    "java.util.concurrent.locks.ReentrantLock",
    "java.util.concurrent.locks.ReentrantReadWriteLock",
    "java.util.concurrent.locks.StampedLock",
    "java.util.concurrent.Semaphore",
)
_WAITING = frozenset({"WAITING", "TIMED_WAITING", "BLOCKED"})
_LOOKED_AT = 45


def is_http_worker(name: str) -> bool:
    """Whether a thread serves requests, by the names web servers give."""
    return _HTTP_WORKER.fullmatch(name) is not None


def activity_of(state: str | None, frames: tuple[str, ...], type_name: str | None) -> Activity:
    """What a thread does. `type_name` is the class of the lock it waits for, if it waits."""
    if state is None and not frames:
        return Activity.INTERNAL
    near = frames[:_LOOKED_AT]
    waiting = state in _WAITING
    # A web server's connection is no pool's: only a wait inside the pool's own code counts.
    if waiting and any(frame.startswith(_POOLS) for frame in near):
        cached = any(frame.startswith(_CACHE_POOL) for frame in near)
        return Activity.CACHE if cached else Activity.POOL_WAIT
    if state == "BLOCKED":
        return Activity.LOCK_WAIT
    first = _first_library(near)
    if waiting and first is None and any(frame.startswith(_IDLE) for frame in near[:12]):
        return Activity.IDLE
    if first is not None:
        return first
    if waiting and type_name is not None and type_name.startswith(_LOCKS):
        return Activity.LOCK_WAIT
    if near and near[0].startswith(("java.lang.Thread.sleep", "java.lang.VirtualThread.sleep")):
        return Activity.SLEEPING
    if waiting:
        return Activity.WAITING
    if any(frame.startswith(_IDLE) for frame in near[:4]):
        return Activity.IDLE
    return Activity.RUNNING if near else Activity.WAITING


def _first_library(frames: tuple[str, ...]) -> Activity | None:
    """The client library nearest to the top of the stack."""
    for frame in frames:
        for activity, prefixes in _LIBRARIES:
            if frame.startswith(prefixes):
                return activity
    return None
