"""Makes an edition: plans, checks, reuses, runs, gates, indexes and publishes."""

import datetime as dt
import hashlib
from collections.abc import Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indicators.batch.extras import make_data_files, make_index
from indicators.batch.interruption import stoppable
from indicators.batch.limits import USUAL_LIMITS, Limits
from indicators.batch.parameters import check_parameters
from indicators.batch.runlog import RunLog
from indicators.batch.start import LOCAL, find_reference, warm_up
from indicators.batch.workers import (
    Errand,
    Workers,
    count_cores,
    default_engine,
    run_jobs,
)
from indicators.catalogue import Catalogue, load_catalogue
from indicators.catalogue.plan import load_plan
from indicators.catalogue.sections import load_sections
from indicators.config import Settings, load_settings
from indicators.edition import store as editions
from indicators.edition.accepted import AcceptedFiles
from indicators.edition.asof import Recorded, recall_edition
from indicators.edition.basis import find_basis
from indicators.edition.code import hash_code
from indicators.edition.manifest import (
    edition_manifest,
    finish_manifest,
    hide_paths,
    report_entry,
    reused_entry,
)
from indicators.edition.plan import ReportTask, folder_name, is_whole_agreement, make_task
from indicators.edition.records import (
    EngineName,
    Event,
    Job,
    JobResult,
    Listener,
    PaperName,
    ignore,
    pdf_name,
)
from indicators.edition.reuse import Earlier, find_extras, find_unchanged
from indicators.errors import ParameterError, SnapshotError
from indicators.snapshot.store import StoredSnapshot, find_previous, open_snapshot


@dataclass(frozen=True)
class Edition:
    """A published edition, with its manifest as written, and whether ``latest`` now points to it.

    ``why_not_latest`` is why that stays where it is, empty where it moves. ``n_verified`` reports were found
    equal to the recorded ones, byte for byte; only an earlier edition made again has any.
    """

    folder: Path
    manifest: dict[str, Any]
    is_latest: bool
    n_verified: int = 0
    why_not_latest: str = ""

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Entries of the reports that failed."""
        return [entry for entry in self.manifest["reports"] if entry["state"] == "failed"]


@dataclass(frozen=True)
class Options:
    """How a run is done; nothing here changes what a report says, but for ``notebook``.

    That is run instead of the kind's own; ``latest`` stays. ``dask`` is a scheduler's address or ``local``,
    empty for this machine's own processes. ``is_fresh`` makes reports even where the same are there already.
    ``is_as_of`` makes an earlier edition again: refused where it cannot be the same, not published where a
    report differs, and ``latest`` stays. An ``edition`` is the id that must come out. ``paper`` prints each
    report beside it: ``short``, or ``whole`` with its appendix. ``may_go_back`` lets ``latest`` move to older
    figures than it shows: a person has named the snapshot.
    """

    n_workers: int | None = None
    engine: EngineName | None = None
    limits: Limits = USUAL_LIMITS
    dask: str = ""
    is_fresh: bool = False
    is_as_of: bool = False
    edition: str = ""
    notebook: Path | None = None
    paper: PaperName = ""
    may_go_back: bool = False

    @property
    def makes_all(self) -> bool:
        """Whether nothing is taken over from an earlier run."""
        return self.is_fresh or self.is_as_of


_USUAL: Final = Options()


def make_edition(
    tasks: Sequence[ReportTask],
    snapshot: str,
    folder: Path,
    options: Options = _USUAL,
    listen: Listener = ignore,
    settings: Settings | None = None,
    catalogue: Catalogue | None = None,
) -> Edition:
    """Make the reports of `plan_reports` and publish them as one edition; all are checked before any runs.

    ``listen`` is called with each event; settings and catalogue are loaded where they are not given. Whatever
    is raised (ParameterError, CatalogueError, SnapshotError, ReportError, OutputError, LockError, Stopped),
    nothing was published, and ``latest`` is as it was.
    """
    if options.paper:
        from indicators.report.page.pdf import find_browser

        find_browser()  # what is missing is told before an hour of reports, not after
    settings = settings or load_settings()
    catalogue = catalogue or load_catalogue(overlay=settings.overlay)
    run = _Run(tasks, snapshot, folder, options, listen, settings, catalogue)
    with stoppable() as stopper, editions.building(folder) as work:
        log = RunLog(work / editions.LOG_FILE)
        run.listeners = (lambda event: stopper.check(), log.write, listen)
        before = editions.take_stock(folder)
        with run.open_workers() as run.workers:
            manifest = run.make(work)
        editions.refuse_changes(folder, before)  # the notebooks have ended, whatever they did
        n_verified = run.recorded.check(manifest["reports"])
        why_not = run.find_hindrance(manifest)
        with stopper.holding():
            target = editions.publish(work, manifest["folder"], manifest, not why_not)
            run.note_accepted(manifest)
    return Edition(target, manifest, not why_not, n_verified, why_not)


def plan_again(reference: str, folder: Path, catalogue: Catalogue) -> tuple[list[ReportTask], str, str]:
    """Tasks, snapshot and id of an edition whose failed reports are to be made.

    UnknownNameError where there is no such edition.
    """
    manifest = editions.read_manifest(editions.find_edition(reference, folder))
    tasks = [
        make_task(catalogue, item["kind"], item["area"], item["language"]) for item in manifest["reports"]
    ]
    return tasks, editions.recall_snapshot(manifest), manifest["edition"]


class _Run:
    """What one call of `make_edition` knows."""

    def __init__(
        self,
        tasks: Sequence[ReportTask],
        snapshot: str,
        folder: Path,
        options: Options,
        listen: Listener,
        settings: Settings,
        catalogue: Catalogue,
    ) -> None:
        self.tasks, self.folder, self.options = tasks, folder, options
        self.started = dt.datetime.now(dt.UTC)
        self.listeners: tuple[Listener, ...] = (listen,)
        self.settings, self.catalogue = settings, catalogue
        self.reference, path = find_reference(snapshot, self.settings)
        self.workers: Workers
        self.snapshot: StoredSnapshot = open_snapshot(path)
        self.shown = editions.find_shown(folder)
        self._refuse_lost_snapshots(snapshot)
        notebook = options.notebook.read_bytes() if options.notebook else b""
        self.basis = find_basis(self.snapshot, self.catalogue, self.settings, hash_code(), notebook)
        self.edition = self.basis.edition
        self.accepted = AcceptedFiles(self.settings.snapshots_folder.parent)
        self.recorded = Recorded()
        if options.is_as_of:
            self.recorded = recall_edition(self.basis, self.snapshot, self.catalogue, folder)
        if options.edition and options.edition != self.edition:
            raise ParameterError(
                "edition",
                options.edition,
                f"{self.edition}: figures, declared data or code have changed, so make all reports anew",
            )
        sections = load_sections(self.catalogue, self.settings)
        if sections.items:
            from indicators.report.own import check_sections  # Markdown takes long to load

            check_sections(sections)
        #: What the reports were made from of one's own; the edition carries it.
        self.own = {f"osiot/{name}": content for name, content in sections.files.items()}
        self.own |= {"muistikirja.ipynb": notebook} if notebook else {}
        engine, own_notebook = options.engine or default_engine(), str(options.notebook or "")
        paper = options.paper
        self.jobs = [
            Job(task, self.reference, self.edition, engine, own_notebook, paper=paper) for task in tasks
        ]
        #: What is printed and what was printed before, by the report's file.
        self.papers: dict[str, str] = {}
        self.printed: dict[str, Path] = {}
        #: Hashes of what is left of reports that failed.
        self.failures: dict[str, str] = {}
        for job in self.jobs:
            check_parameters(job.path, dict(job.parameters), job.task.kind)

    def find_hindrance(self, manifest: dict[str, Any]) -> str:
        """Why ``latest`` does not move; empty where it does: to a whole edition of figures not older."""
        if self.options.is_as_of and self.shown:
            return "'latest' stays where it is"
        if self.settings.demo or load_plan(self.catalogue, self.settings).is_example:
            return "'latest' never moves to an edition with the example plan"
        if self.options.notebook:
            return "'latest' never moves to reports made with --notebook"
        if not is_whole_agreement(self.tasks, self.catalogue):
            return f"'latest' moves only with all {len(self.catalogue.members)} municipalities"
        if not all(item["file"] for item in manifest["reports"]):
            return "'latest' moves only where no report failed"
        if self.shown and self._is_older(self.shown) and not self.options.may_go_back:
            newer, own = self.shown["snapshot"]["id"], self.snapshot.id
            return f"'latest' stays: it shows newer figures, of {newer}; --snapshot {own} moves it back"
        return ""

    def _is_older(self, shown: dict[str, Any]) -> bool:
        return editions.is_older(self.snapshot, shown, self.settings.snapshots_folder)

    def _refuse_lost_snapshots(self, asked: str) -> None:
        """Raise where the bundled figures stand in for newer ones that are shown already."""
        if asked == "latest" and self.reference == "bundled" and self.shown and self._is_older(self.shown):
            latest, newer = self.folder / editions.LATEST, self.shown["snapshot"]["id"]
            problem = f"has no snapshot, but {latest} shows figures of {newer}: is a drive away?"
            advice = "Bring the snapshots back, or give --snapshot bundled."
            raise SnapshotError(self.settings.snapshots_folder, problem, advice)

    def tell(self, event: Event) -> None:
        for listen in self.listeners:
            listen(event)

    def open_workers(self) -> Workers:
        """Those of this run, for its reports and for the files beside them."""
        n = min(self.options.n_workers or count_cores(), len(self.jobs) + 1)
        return Workers(self.reference, n, self.options.limits, self.folder)

    def make(self, work: Path) -> dict[str, Any]:
        """Fill the work folder; the finished manifest."""
        earlier = {} if self.options.makes_all else self._find_unchanged()
        jobs = [job for job in self.jobs if job.task not in earlier]
        if jobs:
            warm_up(self.reference)
        facts = {"edition": self.edition, "snapshot": self.snapshot.id, "reports": len(self.jobs)}
        self.tell(Event("run_started", None, facts | {"workers": self.workers.n}))
        entries: dict[ReportTask, dict[str, Any]] = {}
        for job in self.jobs:
            if job.task in earlier:
                found = earlier[job.task]
                content = found.path.read_bytes()
                editions.write_file(work, job.task.file, content)
                if found.pdf:
                    self.printed[job.task.file] = found.pdf
                self.papers[job.task.file] = content.decode()  # of other kinds; a municipality's is there
                entries[job.task] = reused_entry(job, found.entry)
                self.tell(Event("report_reused", job.task))
        data = self._make_data() if jobs else None
        by_task = {job.task: job for job in jobs}
        with closing(self._results(jobs)) as results:
            for result in results:
                entries[result.task] = self._keep(by_task[result.task], result, work)
        return self._finish(work, [entries[task] for task in self.tasks], data)

    def _find_unchanged(self) -> dict[ReportTask, Earlier]:
        return find_unchanged(self.folder, self.edition, self.tasks, self.accepted, self.options.paper)

    def note_accepted(self, manifest: dict[str, Any]) -> None:
        """Note what passed the gate of this run, so that a later one may take it over."""
        files = [(item["file"], item["sha256"]) for item in manifest["reports"] if item["file"]]
        self.accepted.add(self.edition, [*files, *manifest["files"].items()])

    def _make_data(self) -> Errand:
        reports = list(dict.fromkeys((task.kind, task.area) for task in self.tasks))
        language = self.tasks[0].language
        return Errand("data files", self.workers, make_data_files, self.reference, reports, language)

    def _results(self, jobs: Sequence[Job]) -> Generator[JobResult, None, None]:
        if not (jobs and self.options.dask):
            return run_jobs(jobs, self.workers, self.tell)
        from indicators.batch.cluster import pack, run_on_cluster

        if self.options.dask == LOCAL:
            return run_on_cluster(jobs, LOCAL, self.workers, None, self.tell)
        previous = find_previous(self.snapshot, self.settings.snapshots_folder)
        baggage = pack(self.snapshot.path, self.settings, previous, self.options.notebook)
        return run_on_cluster(jobs, self.options.dask, self.workers, baggage, self.tell)

    def _keep(self, job: Job, result: JobResult, work: Path) -> dict[str, Any]:
        """Write a report, or what is left of it; its entry."""
        facts: dict[str, Any] = {"seconds": result.seconds, "peak_memory_mb": result.peak_memory_mb}
        if result.error:
            base = f"virheet/{Path(job.task.file).stem}"
            details = "\n\n".join(text for text in (result.error, result.details) if text)
            # Half a character in a message must not cost the other reports.
            self.failures[f"{base}.txt"] = _keep_file(
                work, f"{base}.txt", hide_paths(details).encode(errors="backslashreplace")
            )
            if result.notebook:
                notebook = result.notebook.encode(errors="backslashreplace")
                self.failures[f"{base}.ipynb"] = _keep_file(work, f"{base}.ipynb", notebook)
            self.tell(Event("report_failed", job.task, facts | {"error": result.error}))
        else:
            editions.write_file(work, job.task.file, result.html)
            if self.options.paper:
                self.papers[job.task.file] = result.paper or result.html.decode()
            self.tell(Event("report_published", job.task, facts))
        return report_entry(job, result)

    def _finish(self, work: Path, entries: list[dict[str, Any]], data: Errand | None) -> dict[str, Any]:
        files = [entry["file"] for entry in entries if entry["file"]]
        for entry in entries if self.options.paper else ():
            if entry["file"]:
                entry["pdf"] = pdf_name(entry["file"], self.options.paper)
        name = folder_name(self.edition, self.tasks, self.catalogue)
        name = editions.choose_name(self.folder, name, entries)
        started = self.started.isoformat(timespec="seconds")
        left_out = self.snapshot.list_left_out(self.catalogue.indicators)
        manifest = edition_manifest(self.basis, name, self.snapshot, entries, started, left_out)
        extras = {}
        if not self.options.makes_all:
            extras = find_extras(self.folder, self.edition, entries, self.accepted)
        hashes = {file: _keep_file(work, file, path.read_bytes()) for file, path in extras.items()}
        if not hashes:
            for entry in () if self.options.paper else entries:
                entry.pop("pdf", None)  # an earlier run's, which is not taken over
            index = Errand("index", self.workers, make_index, self.reference, manifest)
            made = index.value() | (data or self._make_data()).value() | self.own
            hashes = {file: _keep_file(work, file, content) for file, content in made.items()}
        if self.options.paper:
            hashes |= self._print(work, files, hashes)
        finished = dt.datetime.now(dt.UTC)
        counts = {state: sum(item["state"] == state for item in entries) for state in editions.STATES}
        seconds = round((finished - self.started).total_seconds(), 3)
        self.tell(Event("run_finished", None, counts | {"seconds": seconds}))
        return finish_manifest(manifest, finished.isoformat(timespec="seconds"), hashes, self.failures)

    def _print(self, work: Path, files: Sequence[str], there: Collection[str]) -> dict[str, str]:
        """A PDF beside each published report that has none, as many browsers at once as reports; hashes."""
        from indicators.report.page.pdf import print_pdf

        names = {file: pdf_name(file, self.options.paper) for file in files}
        missing = [file for file in files if names[file] not in there]

        def find_or_print(file: str) -> bytes:
            if file in self.printed:
                return self.printed[file].read_bytes()
            return print_pdf(self.papers[file], self.snapshot.created)

        with ThreadPoolExecutor(self.options.n_workers or count_cores()) as browsers:
            made = browsers.map(find_or_print, missing)
            return {
                names[file]: _keep_file(work, names[file], pdf)
                for file, pdf in zip(missing, made, strict=True)
            }


def _keep_file(work: Path, name: str, content: bytes) -> str:
    """Write a file of the edition; its hash."""
    editions.write_file(work, name, content)
    return hashlib.sha256(content).hexdigest()
