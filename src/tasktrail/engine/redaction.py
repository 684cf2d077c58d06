"""What an attempt came to, without its secrets: nothing else is recorded or shown."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tasktrail.logs.masker import mask_text
from tasktrail.logs.masking import Masking
from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded, Warned
from tasktrail.model.receipt import ProcessNote, TerminationReceipt
from tasktrail.runners.step_call import StepResult


def redacted(result: StepResult, masking: Masking) -> StepResult:
    """`result` with its secrets masked.

    Outputs are not masked but refused: a later step would work with a wrong value. That a step
    hands on a secret is a user error.
    """
    if masking.empty:
        return result
    receipt = result.receipt
    return StepResult(
        outcome=_masked(_without_secret_outputs(result.outcome, masking), masking),
        stopped=result.stopped,
        receipt=_masked_receipt(receipt, masking) if receipt is not None else None,
    )


def _without_secret_outputs(outcome: Outcome, masking: Masking) -> Outcome:
    if not isinstance(outcome, Succeeded | Warned | Failed):
        return outcome
    secret = _secret_outputs(outcome.outputs, masking)
    if not secret:
        return outcome
    names = ", ".join(f"'{key}'" for key in secret)
    message = f"a secret cannot be handed on, and is in the outputs {names}"
    match outcome:
        case Succeeded():
            return Failed(message=message, exit_code=outcome.exit_code)
        case Warned():
            return Failed(message=f"{outcome.message}; {message}", exit_code=outcome.exit_code)
        case Failed():
            kept = {key: text for key, text in outcome.outputs.items() if key not in secret}
            return replace(outcome, message=f"{outcome.message}; {message}", outputs=kept)


def _secret_outputs(outputs: Mapping[str, str], masking: Masking) -> list[str]:
    return [key for key, text in outputs.items() if masking.found_in(f"{key}={text}")]


def _masked(outcome: Outcome, masking: Masking) -> Outcome:
    match outcome:
        case Succeeded():
            return outcome
        case Errored(detail=detail) if detail is not None:
            outcome = replace(outcome, detail=mask_text(masking, detail))
        case _:
            pass
    return replace(outcome, message=mask_text(masking, outcome.message))


def _masked_receipt(receipt: TerminationReceipt, masking: Masking) -> TerminationReceipt:
    def masked(notes: tuple[ProcessNote, ...]) -> tuple[ProcessNote, ...]:
        return tuple(ProcessNote(one.pid, mask_text(masking, one.name)) for one in notes)

    return replace(
        receipt,
        signalled=masked(receipt.signalled),
        killed=masked(receipt.killed),
        survived=masked(receipt.survived),
        left_behind=masked(receipt.left_behind),
    )
