"""The landing gate as checks of the raw assets: a failed error keeps dbt from running, a failed warn only shows."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

import ingestion
from orchestration.resources import WarehouseResource

SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


class GateConfig(dg.Config):
    """How much is checked."""

    only_when_changed: bool = Field(
        False, description="Repeat the results of tables whose rows and expectations are as they were."
    )


def landing_gate(source: ingestion.Source) -> dg.AssetChecksDefinition:
    """The checks of all raw tables of one source."""

    @dg.multi_asset_check(
        name=f"check_{source.name}",
        description=f"Whether the raw tables of {source.name} hold what is expected of them.",
        compute_kind="greatexpectations",
        can_subset=True,  # or the UI could not run the checks of one table
        specs=[
            dg.AssetCheckSpec(
                expectation.name,
                asset=[source.name, table.name],
                description=expectation.description,
                blocking=expectation.severity == "error",
            )
            for table in source.tables
            for expectation in table.expectations
        ],
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, config: GateConfig
    ) -> Iterator[dg.AssetCheckResult]:
        for result in ingestion.check(warehouse.open(), source, config.only_when_changed):
            key = dg.AssetCheckKey(dg.AssetKey([source.name, result.table_name]), result.expectation.name)
            if key in context.selected_asset_check_keys:
                yield dg.AssetCheckResult(
                    passed=result.is_met,
                    asset_key=key.asset_key,
                    check_name=key.name,
                    severity=SEVERITIES[result.expectation.severity],
                    description=result.in_words,
                    metadata={
                        **result.numbers,
                        **({"examples": "\n".join(result.examples)} if result.examples else {}),
                    },
                )

    return check


landing_gates = [landing_gate(ingestion.read_source(name)) for name in ingestion.enabled_sources()]
