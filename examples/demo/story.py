"""What happens in the demo, chapter by chapter."""

from __future__ import annotations

from expectation import expect
from rest_api import Json, RestApi
from screen import Screen
from shop_deployment import ShopDeployment
from shop_repository import ShopRepository
from tasktrail_command import TasktrailCommand


class Story:
    """A week in the life of a small shop, in under a minute."""

    def __init__(
        self,
        repository: ShopRepository,
        deployment: ShopDeployment,
        tasktrail: TasktrailCommand,
        api: RestApi,
        screen: Screen,
    ) -> None:
        self._repository = repository
        self._deployment = deployment
        self._tasktrail = tasktrail
        self._api = api
        self._screen = screen

    def tell(self) -> None:
        """Play all chapters.

        Raises:
            UnexpectedError: something did not come as it should.
        """
        self._run_pipeline()
        self._release_good_version()
        self._record_what_happened()
        self._back_up()
        failed = self._release_bad_version()
        self._rerun(failed)
        forced = self._force(failed)
        self._time_out()
        self._cancel()
        self._look_back(forced)

    def _run_pipeline(self) -> None:
        self._screen.heading("The shop's Wodby CI pipeline runs as it is")
        self._tasktrail.show("run", "repository-pipeline")
        self._expect_status(self._api.newest("repository-pipeline"), "done")

    def _release_good_version(self) -> None:
        self._screen.heading("A good release goes live")
        self._tasktrail.show("definition", "show", "release-shop")
        self._tasktrail.show("run", "release-shop", *self._release_inputs("v1.0.0"))
        release = self._api.newest("release-shop")
        self._expect_status(release, "done")
        smoke_test = self._api.newest("smoke-test")
        self._expect_status(smoke_test, "done")
        expect("The origin of the smoke test", smoke_test["originTaskId"], wanted=release["id"])
        self._expect_version("1.0.0")
        self._tasktrail.show("task", "list", "--tree")

    def _record_what_happened(self) -> None:
        self._screen.heading("What has happened elsewhere is recorded; one record is silent")
        for name, title, more in (
            ("user-added", "Ann was added to the shop's team", ()),
            ("certificate-checked", "The certificate is valid for 61 days", ("--silent",)),
        ):
            self._tasktrail.show("record", name, "--title", title, "--project", "shop", *more)
        names = {task["name"] for task in self._api.tasks()}
        recorded = {"certificate-checked", "user-added"}
        expect("What is listed without --silent", names & recorded, wanted={"user-added"})

    def _back_up(self) -> None:
        self._screen.heading(
            "A backup, defined in Python, runs with the key of the platform's robot"
        )
        deployment = f"deployment={self._deployment.path}"
        self._tasktrail.show("run", "back-up", "-i", deployment, as_robot=True)
        backup = self._api.newest("back-up")
        self._expect_status(backup, "done")
        expect("The backup's author", backup["author"]["kind"], wanted="robot")
        expect("Files in backups/", len(list(self._deployment.path.glob("backups/*"))), wanted=1)

    def _release_bad_version(self) -> Json:
        self._screen.heading("A bad release fails in its tests, and the good one stays live")
        self._repository.add_bad_version()
        self._tasktrail.show("run", "release-shop", *self._release_inputs("v2.0.0"), exit_code=1)
        failed = self._api.newest("release-shop")
        self._expect_status(failed, "failed")
        expect("The class of its error", failed["error"]["class"], wanted="user")
        expect("Its jobs", self._job_statuses(failed)["install"], wanted="skipped")
        self._expect_version("1.0.0")
        return failed

    def _rerun(self, failed: Json) -> None:
        self._screen.heading("It is rerun, and fails again")
        self._tasktrail.show("task", "rerun", str(failed["id"]), exit_code=1)
        again = self._api.newest("release-shop")
        self._expect_status(again, "failed")
        expect("The task that it repeats", again["repeatedTaskId"], wanted=failed["id"])
        self._expect_version("1.0.0")

    def _force(self, failed: Json) -> Json:
        self._screen.heading("It is rerun with force: the failed tests become a warning")
        self._tasktrail.show("task", "rerun", str(failed["id"]), "--force")
        forced = self._api.newest("release-shop")
        self._expect_status(forced, "done_with_warnings")
        expect("Whether it was forced", forced["forced"], wanted=True)
        self._expect_version("2.0.0")
        return forced

    def _time_out(self) -> None:
        self._screen.heading("A hanging step times out, with a child that ignores the stop signal")
        self._tasktrail.show("run", "hang", exit_code=3)
        task = self._api.newest("hang")
        self._expect_status(task, "timed_out")
        self._tasktrail.show("task", "show", str(task["id"]))
        step = self._api.task(task["id"])["jobs"][0]["steps"][0]
        receipt = step["attempts"][0]["receipt"]
        expect("Whether a process had to be killed", bool(receipt["killed"]), wanted=True)
        expect("What survived", receipt["survived"], wanted=[])

    def _cancel(self) -> None:
        self._screen.heading("A slow task is canceled, and cleans up")
        self._tasktrail.show("run", "slow", "--detach")
        task_id = self._api.newest("slow")["id"]
        self._api.wait_for_log(task_id)
        self._tasktrail.show("task", "cancel", str(task_id))
        self._tasktrail.show("task", "wait", str(task_id), exit_code=4)
        self._tasktrail.show("task", "logs", str(task_id))
        canceled = self._api.task(task_id)
        self._expect_status(canceled, "canceled")
        steps = {step["name"]: step["status"] for step in canceled["jobs"][0]["steps"]}
        expect("Its steps", steps, wanted={"Count": "canceled", "Clean up": "done"})

    def _look_back(self, forced: Json) -> None:
        self._screen.heading("The record")
        self._tasktrail.show("task", "list", "--silent")
        self._tasktrail.show("task", "graph", str(forced["id"]))

    def _release_inputs(self, ref: str) -> list[str]:
        inputs = {
            "repository": self._repository.path,
            "ref": ref,
            "deployment": self._deployment.path,
        }
        return [word for name, value in inputs.items() for word in ("-i", f"{name}={value}")]

    def _expect_status(self, task: Json, status: str) -> None:
        expect(f"The status of task {task['id']} ({task['name']})", task["status"], wanted=status)

    def _expect_version(self, version: str) -> None:
        expect("The version of the shop that answers", self._deployment.version(), wanted=version)

    def _job_statuses(self, task: Json) -> dict[str, str]:
        return {job["name"]: job["status"] for job in task["jobs"]}
