// A short, bounded mix for the integration test: expected and unexpected statuses, a refused
// connection, custom metrics of every type, groups, checks, submetric thresholds.
import http from 'k6/http';
import { check, group } from 'k6';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const BASE = __ENV.BASE_URL;
const counted = new Counter('counted');
const level = new Gauge('level');
const odd = new Rate('odd');
const size = new Trend('size');

export const options = {
  scenarios: {
    steady: { executor: 'constant-vus', vus: 3, duration: '3s', exec: 'steady', gracefulStop: '1s' },
    arrivals: {
      executor: 'ramping-arrival-rate', exec: 'arrivals', startRate: 5, timeUnit: '1s',
      preAllocatedVUs: 2, maxVUs: 3, gracefulStop: '1s',
      stages: [{ target: 40, duration: '1s' }, { target: 40, duration: '2s' }],
    },
  },
  thresholds: {
    http_req_duration: ['p(95)<1000', 'p(99.9)<0.001'],
    'http_req_duration{ scenario : steady }': ['med<500'],
    'http_reqs{status:503}': ['count<1'],
    http_req_failed: ['rate<0.9'],
    'checks{group:::order::pay}': ['rate==1'],
    counted: ['count>=1', 'rate>0.1'],
    level: ['value>=0'],
  },
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'count'],
};

export function setup() {
  http.get(`${BASE}/ok`, { tags: { name: 'setup' } });
  return { token: 'setup-secret-token' };
}

export function steady() {
  group('order', () => group('pay', () => {
    const answer = http.get(`${BASE}/ok?token=query-secret-token`, { tags: { name: 'GET /ok' } });
    check(answer, { 'is 200': (r) => r.status === 200 });
    size.add(answer.body.length);
  }));
  http.get(`${BASE}/missing`, { tags: { name: 'GET /missing' }, responseCallback: http.expectedStatuses(404) });
  const answer = http.get(`${BASE}/broken`, { tags: { name: 'GET /broken' } });
  check(answer, { 'is 200': (r) => r.status === 200 });
  counted.add(2.5);
  level.add(__VU);
  odd.add(__ITER % 2);
}

export function arrivals() {
  http.get(`${BASE}/slow`);
  http.get('http://127.0.0.1:1/refused', { tags: { name: 'refused' } });
}

export function handleSummary(data) {
  return { [__ENV.SUMMARY]: JSON.stringify(data) };
}
