"""The example of a chart that contains this one: lints, renders for production, and fits together with it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from .chart import CHART, PLATFORM, ROOT, Failure, objects, render, run_helm
from .documented import variables
from .manifests import STANDARD, problems_between, problems_of


def check():
    with tempfile.TemporaryDirectory(prefix="mtchat-platform-") as place:
        # What helm fetches into the chart is not left in the tree.
        copy = Path(place) / "examples" / "platform"
        shutil.copytree(PLATFORM, copy)
        shutil.copytree(CHART, Path(place) / "mtchat")
        run_helm("dependency", "update", copy)
        count = 0
        for values in sorted((copy / "ci").glob("*.yaml")):
            files = [copy / "values-production.yaml", values]
            run_helm("lint", copy, "--strict", *(argument for file in files for argument in ("--values", file)))
            found = objects(render(*files, chart=copy))
            wrong = [problem for item in found for problem in problems_of(item, variables() | STANDARD)] + problems_between(found)
            if wrong:
                raise Failure(f"{values.name}:\n  " + "\n  ".join(wrong))
            count += len(found)
    pipeline = subprocess.run([ROOT / ".tools" / "checkers" / "bin" / "actionlint", PLATFORM / "pipeline.yaml"], capture_output=True, text=True, timeout=60, check=False)
    if pipeline.returncode:
        raise Failure(pipeline.stdout + pipeline.stderr)
    return f"{count} objects, and the pipeline"
