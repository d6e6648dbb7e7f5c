"""The same reports from a Dask cluster: same bytes, no shared disk, lost workers made good."""

import dataclasses
from pathlib import Path

import distributed
import pytest

from indicators.batch import cluster
from indicators.batch.cluster import Baggage, pack, run_on_cluster
from indicators.batch.make import Options, make_edition
from indicators.batch.workers import Workers, run_jobs
from indicators.config import Settings, load_settings
from indicators.edition.plan import plan_reports
from indicators.edition.records import Job
from indicators.errors import ParameterError
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import find_previous

pytestmark = pytest.mark.slow

#: This machine's own, whose limits hold on a cluster too; none of them is started for that.
HERE = Workers("bundled", 2)


def test_a_local_cluster_makes_the_same_bytes(edition, catalogue, tmp_path):
    """``--dask local`` publishes what the local runner publishes, with the parameters as they are here."""
    tasks = plan_reports(catalogue, ["435", "931"])
    tasks += plan_reports(catalogue, ["ks-turva"], kinds=["foorumi"])
    made = make_edition(tasks, "bundled", tmp_path, Options(n_workers=2, dask="local"))
    assert made.failed == []
    for entry in made.manifest["reports"]:
        assert (made.folder / entry["file"]).read_text("utf-8") == edition.page(entry["area"])
        assert entry["parameters"]["snapshot"] == "bundled"


def test_a_snapshot_that_follows_another_gives_the_same_bytes(follow, bundled, catalogue, tmp_path):
    """What a report says of the time since rests on the previous snapshot, which goes to the workers too."""
    tasks = plan_reports(catalogue, ["435"])
    snapshot = follow(bundled, 9.9)
    here = make_edition(tasks, snapshot.id, tmp_path / "here", Options(n_workers=1))
    there = make_edition(tasks, snapshot.id, tmp_path / "there", Options(n_workers=1, dask="local"))
    assert (here.failed, there.failed) == ([], [])
    assert here.manifest["basis"]["previous"] == bundled.sha256
    file = tasks[0].file
    assert (there.folder / file).read_bytes() == (here.folder / file).read_bytes()


@pytest.fixture(scope="module")
def workers():
    """A cluster of two worker processes, as somebody else has started it: its address and its nannies."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as found:
        yield found


def test_workers_that_are_daemons_make_reports(workers, edition, catalogue, bundled):
    """Workers started the usual way do; the settings that stand in reports are this machine's."""
    jobs = [Job(task, "bundled", edition.manifest["edition"]) for task in plan_reports(catalogue, ["435"])]
    baggage = pack(bundled.path, Settings())
    (result,) = run_on_cluster(jobs, workers.scheduler_address, HERE, baggage)
    assert result.error == ""
    assert result.html.decode() == edition.page("435")
    assert result.task == jobs[0].task


def test_what_is_sent_makes_the_settings_there(bundled, tmp_path):
    """Snapshot, declared data of one's own, plan and settings arrive as a folder that works by itself."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "indicators.yaml").write_text("{}\n")
    (tmp_path / "suunnitelma.csv").write_text("a\n")
    here = Settings(
        publisher='Liitto "K-S"', catalogue=str(own), plan=str(tmp_path / "suunnitelma.csv"), contact="x"
    )
    baggage = pack(bundled.path, here)
    there = load_settings({}, cluster._unpack(baggage, tmp_path / "worker"))
    assert (there.publisher, there.feedback, there.contact) == (here.publisher, "", "")
    assert (there.overlay / "indicators.yaml").read_text() == "{}\n"
    assert there.snapshots_folder == tmp_path / "worker" / f"yhdyspinta-{baggage.sha256[:16]}/home/snapshots"
    assert Path(there.plan).read_text() == "a\n"
    assert pack(bundled.path, here) == baggage
    assert pack(bundled.path, Settings()).sha256 != baggage.sha256


def test_the_previous_snapshot_goes_along(write, make_rows, snapshots_folder, tmp_path):
    """A worker finds it where it is found here, and finds none where there is none here."""
    row = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011, "value": 11.4}
    first = write(make_rows(row))
    second = write(make_rows(row | {"value": 9.9}), previous=first)
    with_it, without = pack(second.path, Settings(), first.path), pack(second.path, Settings())
    assert with_it.sha256 != without.sha256
    for baggage, wanted in ((with_it, first.sha256), (without, None)):
        folder = cluster._unpack(baggage, tmp_path / "worker")
        there = load_snapshot(str(folder / "snapshot"))
        found = find_previous(there, load_settings({}, folder).snapshots_folder)
        assert (found and load_snapshot(str(found)).sha256) == wanted


def test_settings_of_the_workers_machine_do_not_count(edition, bundled, tmp_path, monkeypatch, catalogue):
    """Neither its own store of snapshots nor its own declared data: only what was sent."""
    folder = cluster._unpack(pack(bundled.path, Settings()), tmp_path / "worker")
    for name in ("YHDYSPINTA_HOME", "YHDYSPINTA_CATALOGUE"):
        monkeypatch.setenv(name, str(tmp_path / "not there"))
    (task,) = plan_reports(catalogue, ["435"])
    job = Job(task, str(folder / "snapshot"), edition.manifest["edition"])
    with Workers(job.snapshot, 1, home=str(folder)) as workers:
        (result,) = run_jobs([job], workers)
    assert (result.error, result.html.decode()) == ("", edition.page("435"))


def test_a_lost_worker_costs_no_report(workers, edition, catalogue, bundled):
    """Reports of a worker that is killed while it makes them are made by another."""
    jobs = [
        Job(task, "bundled", edition.manifest["edition"])
        for task in plan_reports(catalogue, ["435", "931", "992"])
    ]
    baggage = pack(bundled.path, Settings())
    results = run_on_cluster(jobs, workers.scheduler_address, HERE, baggage)
    first = next(results)
    next(iter(workers.workers.values())).process.process._process.kill()
    rest = list(results)
    assert [result.error for result in [first, *rest]] == [""] * 3


def test_workers_with_other_code_are_refused(workers, catalogue, bundled, monkeypatch):
    """Before anything runs, a difference is told with the worker, what it has, and what is here."""
    monkeypatch.setattr(cluster, "hash_code", lambda: "0" * 64)
    jobs = [Job(task, "bundled", "x") for task in plan_reports(catalogue, ["435"])]
    with pytest.raises(
        ParameterError, match=r"versions on worker tcp://.*: found {'code': .*}; expected code 000000000000"
    ):
        list(run_on_cluster(jobs, workers.scheduler_address, HERE, Baggage("x", {})))


def test_a_scheduler_that_is_not_there_is_told(catalogue, monkeypatch):
    """An address at which nobody answers ends with the address and the reason."""
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    jobs = [Job(task, "bundled", "x") for task in plan_reports(catalogue, ["435"])]
    with pytest.raises(ParameterError, match=r"--dask: found 'tcp://127\.0\.0\.1:1'; expected the address"):
        list(run_on_cluster(jobs, "tcp://127.0.0.1:1", HERE, Baggage("x", {})))


def test_a_worker_with_other_code_that_comes_late_makes_nothing(workers, catalogue, bundled):
    """Each job carries the hash of the code; a worker that joined after the check refuses it."""
    (task,) = plan_reports(catalogue, ["435"])
    with distributed.Client(workers) as client:
        job, limits = Job(task, "bundled", "x"), HERE.limits
        result = client.submit(cluster.make_on_worker, job, Baggage("x", {}), limits, "0").result()
    assert "has another version of the package" in result.error
    assert dataclasses.replace(result, error="").html == b""
