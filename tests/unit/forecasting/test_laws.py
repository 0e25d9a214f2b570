"""The laws against textbook answers, the simulated network against the laws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.forecasting.laws import (
    Scalability,
    least_squares,
    places_limit,
    scalability,
)
from perfreport.forecasting.network import Clock, Delay, Release, Seize, Station
from tests.unit.forecasting.exact import Service, closed_bounds, closed_throughput

if TYPE_CHECKING:
    from perfreport.forecasting.network import Customer


def test_two_customers_at_one_server_without_think_time_share_it() -> None:
    assert closed_throughput(2, 0.0, [Service(0.25)]) == pytest.approx(4.0)


def test_one_customer_never_queues() -> None:
    assert closed_throughput(1, 1.0, [Service(0.2, 3), Service(0.3)]) == pytest.approx(1 / 1.5)


def test_mean_value_analysis_of_a_machine_repair_model() -> None:
    """M/M/c//N has a closed form: the birth-death chain of customers at the station."""
    customers, think, demand, servers = 20, 1.0, 0.2, 3
    weights = [1.0]
    for busy in range(1, customers + 1):
        up = (customers - busy + 1) / think
        down = min(busy, servers) / demand
        weights.append(weights[-1] * up / down)
    chances = np.array(weights) / sum(weights)
    exact = float(chances @ [min(busy, servers) / demand for busy in range(customers + 1)])
    assert closed_throughput(customers, think, [Service(demand, servers)]) == pytest.approx(exact)


def test_bounds_hold_for_every_number_of_customers() -> None:
    services = [Service(0.2, 3), Service(0.05)]
    for customers in (1, 5, 20, 60):
        bound = closed_bounds(customers, 1.0, services)
        assert closed_throughput(customers, 1.0, services) <= bound * (1 + 1e-9)


def test_the_pool_limit_is_size_by_hold_time() -> None:
    assert places_limit(2, 0.025) == pytest.approx(80.0)


def test_the_scalability_law_is_recovered_from_its_own_points() -> None:
    law = Scalability(10.0, 0.05, 0.001)
    loads = np.array([1.0, 5.0, 10.0, 20.0, 50.0])
    found = scalability(loads, np.array([law.at(load) for load in loads]))
    assert found is not None
    assert found.limit == pytest.approx(law.limit, rel=1e-6)


def test_three_loads_are_too_few_for_the_scalability_law() -> None:
    assert scalability(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.9, 2.7])) is None


def test_least_squares_keeps_its_bounds() -> None:
    columns = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    found = least_squares(columns, np.array([3.0, 2.0, 1.0]), np.array([1.5, np.inf]))
    assert found[0] <= 1.5
    assert found[1] >= 0


def test_a_simulated_closed_network_agrees_with_mean_value_analysis() -> None:
    random, clock, station, done = np.random.default_rng(7), Clock(), Station("pool", 3), [0]

    def user() -> Customer:
        while True:
            yield Delay(random.exponential(1.0))
            yield Seize(station)
            yield Delay(random.exponential(0.2))
            yield Release(station)
            done[0] += 1

    clock.enter(user() for _ in range(20))
    clock.run(1500.0)
    station.turn(clock.now, 0)
    exact = closed_throughput(20, 1.0, [Service(0.2, 3)])
    assert done[0] / 1500 == pytest.approx(exact, rel=0.02)
    # The utilisation law gives the service demand back.
    assert station.held / station.seized == pytest.approx(0.2, rel=0.03)


def test_a_simulated_open_queue_waits_as_erlang_says() -> None:
    random, clock, station = np.random.default_rng(3), Clock(), Station("pool", 2)
    rate, service = 6.0, 0.2

    def visit() -> Customer:
        yield Seize(station)
        yield Delay(random.exponential(service))
        yield Release(station)

    def source() -> Customer:
        while True:
            yield Delay(random.exponential(1 / rate))
            clock.enter([visit()])

    clock.enter([source()])
    clock.run(8000.0)
    offered = rate * service
    busy = offered**2 / math.factorial(2) * 2 / (2 - offered)
    wait_chance = busy / (1 + offered + busy)
    expected = wait_chance / (2 / service - rate)
    assert station.waited / station.seized == pytest.approx(expected, rel=0.06)


def test_who_loses_patience_leaves_the_queue() -> None:
    clock, station, answers = Clock(), Station("pool", 1), []

    def visit(patience: float | None, hold: float) -> Customer:
        got = yield Seize(station, patience)
        answers.append((clock.now, got))
        if got:
            yield Delay(hold)
            yield Release(station)

    clock.enter([visit(None, 3.0), visit(1.0, 3.0), visit(None, 1.0)])
    clock.run(10.0)
    assert answers == [(0.0, True), (1.0, False), (3.0, True)]
    assert station.given_up == 1
    assert station.busy == 0
