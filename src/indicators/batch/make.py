"""Makes an edition: plans, checks, reuses, runs, gates, indexes and publishes."""

import datetime as dt
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from indicators.batch.extras import make_data_files, make_index
from indicators.batch.interruption import stoppable
from indicators.batch.limits import USUAL_LIMITS, Limits
from indicators.batch.parameters import check_parameters
from indicators.batch.runlog import log_event
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
from indicators.edition.reuse import Earlier, EarlierEditions, find_extras, find_unchanged
from indicators.errors import ParameterError, SnapshotError
from indicators.snapshot.store import find_previous, open_snapshot


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
    run = _Run(tasks, snapshot, folder, options, settings, catalogue)
    with stoppable() as stopper, editions.building(folder) as run.work:
        log = partial(log_event, run.work / editions.LOG_FILE)
        run.listeners = (lambda event: stopper.check(), log, listen)
        before = editions.take_stock(folder)
        with run.open_workers() as run.workers:
            manifest = run.make()
        editions.refuse_changes(folder, before)  # the notebooks have ended, whatever they did
        n_verified = run.recorded.check(manifest["reports"])
        why_not = run.find_hindrance(manifest)
        with stopper.holding():
            target = editions.publish(run.work, manifest["folder"], manifest, not why_not)
            # What passed the gate of this run: a later one may take it over.
            run.accepted.add(run.edition, editions.list_stated(manifest | {"failures": {}}))
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


@dataclass
class _Run:
    """What one call of `make_edition` knows."""

    tasks: Sequence[ReportTask]
    asked: str
    folder: Path
    options: Options
    settings: Settings
    catalogue: Catalogue
    #: The folder in which the edition is built, its workers, and who hears of each event.
    work: Path = field(init=False)
    workers: Workers = field(init=False)
    listeners: tuple[Listener, ...] = field(init=False)

    def __post_init__(self) -> None:
        options, self.started = self.options, dt.datetime.now(dt.UTC)
        self.reference, path = find_reference(self.asked, self.settings)
        self.snapshot = open_snapshot(path)
        self.shown = editions.find_shown(self.folder)
        self._refuse_lost_snapshots()
        notebook = options.notebook.read_bytes() if options.notebook else b""
        self.basis = find_basis(self.snapshot, self.catalogue, self.settings, hash_code(), notebook)
        self.edition = self.basis.edition
        self.accepted = AcceptedFiles(self.settings.snapshots_folder.parent)
        self.recorded = Recorded()
        if options.is_as_of:
            self.recorded = recall_edition(self.basis, self.snapshot, self.catalogue, self.folder)
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
        how = (options.engine or default_engine(), str(options.notebook or ""), options.paper)
        self.jobs = [Job(task, self.reference, self.edition, *how) for task in self.tasks]
        for job in self.jobs:
            check_parameters(job.path, dict(job.parameters), job.task.kind)
        #: Hashes of the files beside the reports, and of what is left of reports that failed.
        self.files: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        #: Pages for paper, by the report's file.
        self.papers: dict[str, str] = {}

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

    def _refuse_lost_snapshots(self) -> None:
        """Raise where the bundled figures stand in for newer ones that are shown already."""
        is_stand_in = self.asked == "latest" and self.reference == "bundled"
        if is_stand_in and self.shown and self._is_older(self.shown):
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

    def make(self) -> dict[str, Any]:
        """Fill the work folder; the finished manifest."""
        before = [] if self.options.makes_all else editions.list_editions(self.folder, self.edition)
        earlier = find_unchanged(before, self.tasks, self.accepted, self.options.paper)
        jobs = {job.task: job for job in self.jobs if job.task not in earlier}
        if jobs:
            warm_up(self.reference)
        facts = {"edition": self.edition, "snapshot": self.snapshot.id, "reports": len(self.jobs)}
        self.tell(Event("run_started", None, facts | {"workers": self.workers.n}))
        entries = {
            job.task: self._take_over(job, earlier[job.task]) for job in self.jobs if job.task in earlier
        }
        data = self._make_data() if jobs else None
        with closing(self._results(list(jobs.values()))) as results:
            for result in results:
                entries[result.task] = self._keep(jobs[result.task], result)
        return self._finish([entries[task] for task in self.tasks], before, data)

    def _take_over(self, job: Job, earlier: Earlier) -> dict[str, Any]:
        """Copy a report that is there already; its entry."""
        editions.write_file(self.work, job.task.file, earlier.path.read_bytes())
        if earlier.pdf:
            self._add(pdf_name(job.task.file, job.paper), earlier.pdf.read_bytes())
        self.tell(Event("report_reused", job.task))
        return reused_entry(job, earlier.entry)

    def _add(self, name: str, content: bytes) -> None:
        """Write a file beside the reports."""
        self.files[name] = editions.write_file(self.work, name, content)

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

    def _keep(self, job: Job, result: JobResult) -> dict[str, Any]:
        """Write a report, or what is left of it; its entry."""
        facts: dict[str, Any] = {"seconds": result.seconds, "peak_memory_mb": result.peak_memory_mb}
        if result.error:
            details = "\n\n".join(text for text in (result.error, result.details) if text)
            for suffix, text in ((".txt", hide_paths(details)), (".ipynb", result.notebook)):
                if text:
                    name = f"virheet/{Path(job.task.file).stem}{suffix}"
                    # Half a character in a message must not cost the other reports.
                    content = text.encode(errors="backslashreplace")
                    self.failures[name] = editions.write_file(self.work, name, content)
            self.tell(Event("report_failed", job.task, facts | {"error": result.error}))
            return report_entry(job, result)
        sha256 = editions.write_file(self.work, job.task.file, result.html)
        self.papers[job.task.file] = result.paper
        self.tell(Event("report_published", job.task, facts))
        return report_entry(job, result, sha256)

    def _finish(
        self, entries: list[dict[str, Any]], before: EarlierEditions, data: Errand | None
    ) -> dict[str, Any]:
        name = folder_name(self.edition, self.tasks, self.catalogue)
        name = editions.choose_name(self.folder, name, entries)
        started = self.started.isoformat(timespec="seconds")
        left_out = self.snapshot.list_left_out(self.catalogue.indicators)
        manifest = edition_manifest(self.basis, name, self.snapshot, entries, started, left_out)
        extras = find_extras(before, entries, self.accepted)
        for file, path in extras.items():
            self._add(file, path.read_bytes())
        if not extras:
            for entry in () if self.options.paper else entries:
                entry.pop("pdf", None)  # an earlier run's, which is not taken over
            index = Errand("index", self.workers, make_index, self.reference, manifest)
            made = index.value() | (data or self._make_data()).value() | self.own
            for file, content in made.items():
                self._add(file, content)
        if self.options.paper:
            self._print([entry["file"] for entry in entries if entry["file"]])
        finished = dt.datetime.now(dt.UTC)
        counts = {state: sum(item["state"] == state for item in entries) for state in editions.STATES}
        seconds = round((finished - self.started).total_seconds(), 3)
        self.tell(Event("run_finished", None, counts | {"seconds": seconds}))
        more = {"finished": finished.isoformat(timespec="seconds"), "files": self.files}
        return manifest | more | {"failures": self.failures}

    def _print(self, files: Sequence[str]) -> None:
        """A PDF beside each report that has none, as many browsers at once as reports."""
        from indicators.report.page.pdf import print_pdf

        names = {pdf_name(file, self.options.paper): file for file in files}
        missing = [name for name in names if name not in self.files]

        def print_page(name: str) -> bytes:
            # One that was taken over has no page of its own for paper; a municipality's has its PDF.
            page = self.papers.get(names[name]) or (self.work / names[name]).read_bytes().decode()
            return print_pdf(page, self.snapshot.created)

        with ThreadPoolExecutor(self.options.n_workers or count_cores()) as browsers:
            for name, content in zip(missing, browsers.map(print_page, missing), strict=True):
                self._add(name, content)
