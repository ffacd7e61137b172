"""The description of the API: beside what each operation answers, the one shape of every refusal."""

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from pydantic import Field

PROBLEM = "#/components/schemas/Problem"


class Problem(Schema):
    """A refusal as RFC 9457 has it; `code` is stable, the words are in the caller's language."""

    type: str = Field(description="an address that stands for the code")
    title: str
    status: int
    code: str = Field(description="what happened, for programs")
    detail: str = Field(description="what was not done, and why")
    hint: str = Field(description="what to do, or who can release it")
    errors: dict[str, list[str]] | None = Field(default=None, description="what is wrong, by field")


class DescribedAPI(NinjaAPI):
    """An API whose description says of every operation that its refusals are problem+json."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """Return the description, with the refusals that each operation can answer."""
        described = super().get_openapi_schema(**asked)
        refused = {
            "description": "Refused: nothing was changed.",
            "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}},
        }
        described["components"]["schemas"]["Problem"] = Problem.json_schema()
        for operations in described["paths"].values():
            for operation in operations.values():
                operation["responses"] |= {"4XX": refused, "5XX": refused}
        return described
