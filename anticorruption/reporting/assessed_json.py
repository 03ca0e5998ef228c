"""An assessment for programs: every number with its interval, nothing rounded."""

from typing import Any

import pandas as pd

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.programme.dossier import Dossier
from anticorruption.programme.planning import Plan
from anticorruption.programme.progress import Progress


def told(found: Dossier, say: Language) -> dict[str, Any]:
    """Everything known of one region, as JSON types.

    Numbers that are not known are null. Keys are those of the library; ``notice`` holds the warning
    of an example and is empty otherwise.
    """
    now = found.now
    return {
        "region_code": found.code,
        "name": regions.name(found.code, say.code),
        "edition": found.rubric.edition,
        "rubric": found.rubric.fingerprint,
        "notice": found.notice(say),
        "dated": found.latest.dated,
        "files": [
            {
                "file": sheet.file,
                "sha256": sheet.sha256,
                "dated": sheet.dated,
                "assessor": sheet.assessor,
                "example": sheet.is_example,
            }
            for sheet in found.files
        ],
        "mark": now.mark,
        "score_low": now.score_low,
        "score_high": now.score_high,
        "weights_known": now.weights_known,
        "readings": _records(now.readings),
        "verdict": now.verdict,
        "weights_matter_too": now.weights_matter_too,
        "category": now.category,
        "share_low": now.share[0],
        "share_high": now.share[1],
        "indicators": _records(found.latest.scores[["low", "high", "state"]].join(_cells(found))),
        "components": _records(now.components),
        "missing": now.missing,
        "in_doubt": now.in_doubt,
        "worth": _records(now.worth),
        "gates": _plain(
            found.gates[["criterion", "answer", "by", "year", "value", "label"]].to_dict("records")
        ),
        "plans": [_plan(plan) for plan in found.paths.plans],
        "progress": [_progress(each) for each in found.progress],
        "findings": [vars(finding) for finding in found.findings],
    }


def _cells(found: Dossier) -> pd.Series:
    cells = pd.concat([sheet.scores["cell"] for sheet in found.latest.sheets])
    return cells.groupby(level=0).agg(lambda group: ", ".join(dict.fromkeys(group)))


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "possible": plan.possible,
        "steps": _records(plan.steps),
        "scores": _plain(plan.scores.to_dict()),
        "guaranteed": plan.guaranteed,
    }


def _progress(each: Progress) -> dict[str, Any]:
    return {
        "reading": each.reading,
        "change_low": each.change_low,
        "change_high": each.change_high,
        "components": _records(each.components),
        "indicators": _records(each.indicators),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return _plain(frame.reset_index().to_dict("records"))


def _plain(value: Any) -> Any:
    """Numpy's types as JSON's, missing as null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
