"""Pages a second, and SQL a page, of the pages people open most, against a floor measured in the same run."""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import house

CONNECTIONS, WORKERS = 8, 2


@dataclass
class Page:
    what: str
    path: str
    who: str  # whose session: leader, clerk or nobody


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(port: int, workers: int):
    """gunicorn with sync workers on loopback, the way script/server runs it."""
    command = [sys.executable, "-m", "gunicorn", "served", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--preload", "--no-control-socket", "--log-level", "warning"]
    paths = os.pathsep.join([str(house.ROOT), str(house.ROOT / "bench")])
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}, cwd=house.ROOT)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                fetch(port, "/bench/text/", "")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit("gunicorn doesn't answer.")
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def fetch(port: int, path: str, cookie: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return len(body)


def worker_cpu(pid: int) -> float:
    """Seconds that the workers have computed; unlike the rate, it hardly depends on what else the machine does."""
    import psutil

    times = [worker.cpu_times() for worker in psutil.Process(pid).children()]
    return sum(one.user + one.system for one in times)


def measure(port: int, path: str, cookie: str, *, connections: int, seconds: float, most: int) -> tuple[float, list]:
    """(pages a second, milliseconds of each page) of some threads asking over and over."""
    for _warm in range(2 * connections):
        fetch(port, path, cookie)
    times: list[float] = []
    failures: list[Exception] = []
    end = time.perf_counter() + seconds

    def ask() -> None:
        try:
            while time.perf_counter() < end and len(times) < most:
                began = time.perf_counter()
                fetch(port, path, cookie)
                times.append((time.perf_counter() - began) * 1000)
        except (OSError, RuntimeError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _index in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return len(times) / (time.perf_counter() - began), times


def cookies_of(people) -> dict[str, str]:
    from django.test import Client

    cookies = {"nobody": ""}
    for who, user in {"leader": people.province_leader, "clerk": people.ward_clerk}.items():
        client = Client()
        client.force_login(user)
        cookies[who] = f"sessionid={client.cookies['sessionid'].value}"
    return cookies


def sql_of(page: Page, cookie: str) -> tuple[int, float]:
    """(statements, milliseconds in SQL) of the page once it is warm."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if cookie:
        client.cookies["sessionid"] = cookie.partition("=")[2]
    client.get(page.path)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(page.path)
    if response.status_code != 200:
        sys.exit(f"{page.path} answered {response.status_code}")
    return len(asked), sum(float(one["time"]) for one in asked) * 1000


def pages_of(filling) -> list[Page]:
    held = next(m for m in reversed(filling.meetings) if m.host_unit == filling.wards[0][1] and m.concluded_on)
    opinion = next(o for o in reversed(filling.opinions) if o.meeting_id == held.pk and o.category == "petition")
    search = quote("rac thai sinh hoat")
    return [
        Page("floor: one line of text, whole middleware", "/bench/text/", "nobody"),
        Page("floor: the same with session and person", "/bench/person/", "leader"),
        Page("meetings, province", "/meetings/", "leader"),
        Page("meetings, ward", "/meetings/", "clerk"),
        Page("meetings, province, search", f"/meetings/?q={quote('moi truong ky 17')}", "leader"),
        Page("one meeting", f"/meetings/{held.pk}/", "clerk"),
        Page("opinions, province", "/opinions/", "leader"),
        Page("opinions, ward", "/opinions/", "clerk"),
        Page("opinions, province, search", f"/opinions/?q={search}", "leader"),
        Page("opinions, ward, search", f"/opinions/?q={search}", "clerk"),
        Page("one opinion", f"/opinions/{opinion.pk}/", "clerk"),
        Page("dashboard, province", "/dashboard/", "leader"),
        Page("dashboard, ward", "/dashboard/", "clerk"),
        Page("portal, home", "/", "nobody"),
        Page("portal, notices", "/thong-bao/", "nobody"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=house.number(200, 200_000), default=20_000)
    parser.add_argument("--opinions", type=house.number(1, 50), default=5, help="opinions of each meeting held")
    parser.add_argument("--seconds", type=house.number(1, 60), default=4, help="for each page")
    parser.add_argument("--most", type=house.number(10, 100_000), default=5000, help="requests of each page")
    parser.add_argument("--connections", type=house.number(1, 64), default=CONNECTIONS)
    parser.add_argument("--workers", type=house.number(1, 32), default=WORKERS)
    parser.add_argument("--database", default="dialogue_bench", help="made on the server of DATABASE_URL, then dropped")
    parser.add_argument("--only", default="", help="pages whose name holds this word, and the floors")
    chosen = parser.parse_args()
    print(f"{house.machine()}", flush=True)
    with house.own_database(chosen.database) as server:
        from django.core.management import call_command
        from filling import Filling

        began = time.perf_counter()
        call_command("collectstatic", verbosity=0, interactive=False)
        filling = Filling(chosen.meetings, opinions_each=chosen.opinions)
        print(
            f"{server}; {len(filling.meetings)} meetings, {len(filling.opinions)} opinions, {len(filling.wards)} wards, "
            f"made in {time.perf_counter() - began:.0f} s; {chosen.connections} connections, {chosen.workers} workers\n",
            flush=True,
        )
        ready_to_ask()
        cookies = cookies_of(filling.people)
        port = free_port()
        with served(port, chosen.workers) as pid:
            print(f"| {'page':<44} | pages/s | CPU ms | median ms | 95 % ms | SQL | ms in SQL |     kB |")
            print(f"|{'-' * 46}|--------:|-------:|----------:|--------:|----:|----------:|-------:|", flush=True)
            for page in pages_of(filling):
                if not page.what.startswith("floor") and chosen.only not in page.what:
                    continue
                cookie = cookies[page.who]
                statements, spent = sql_of(page, cookie)
                size = fetch(port, page.path, cookie)
                cpu = worker_cpu(pid)
                rate, times = measure(
                    port,
                    page.path,
                    cookie,
                    connections=chosen.connections,
                    seconds=chosen.seconds,
                    most=chosen.most,
                )
                # The pages that warm it up have cost as much as the others.
                cpu = (worker_cpu(pid) - cpu) / (len(times) + 2 * chosen.connections) * 1000
                late = statistics.quantiles(times, n=20)[18] if len(times) > 1 else times[0]
                print(
                    f"| {page.what:<44} | {rate:>7.1f} | {cpu:>6.1f} | {statistics.median(times):>9.0f} | {late:>7.0f} "
                    f"| {statements:>3} | {spent:>9.1f} | {size / 1000:>6.1f} |",
                    flush=True,
                )


def ready_to_ask() -> None:
    """The measuring process asks its own pages too: under the names the test client uses, with the two floors."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    import served  # noqa: F401 - sets the URLs


if __name__ == "__main__":
    main()
