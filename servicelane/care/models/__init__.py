"""Rows of care: follow-ups with their calls, and complaints."""

from .complaints import Cause, Complaint, ComplaintSource, ComplaintState, Resolution, Severity
from .follow_ups import Call, FollowUp, FollowUpState, Outcome

__all__ = [
    "Call",
    "Cause",
    "Complaint",
    "ComplaintSource",
    "ComplaintState",
    "FollowUp",
    "FollowUpState",
    "Outcome",
    "Resolution",
    "Severity",
]
