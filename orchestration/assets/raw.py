"""The synthetic shop's files, and the raw tables of every source that dbt declares."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

import dagster as dg
from pydantic import Field

import ingestion
import seeds_generator
from ingestion.landed import load_landed
from orchestration.resources import LANDING, WarehouseResource

SHOP_FILES = dg.AssetKey(["landing", "shop"])
_defaults = seeds_generator.Parameters  # a dataclass keeps its defaults as attributes of the class


class ShopConfig(dg.Config):
    """What the synthetic shop is like."""

    store: str = Field("harbour", description="A store of source `shop` in seeds/stores.csv.")
    customers: int = Field(_defaults.customers, description="Registered customers.")
    products: int = Field(_defaults.products, description="Products of the assortment.")
    orders: int = Field(_defaults.orders, description="Orders over all years, cancelled ones included.")
    years: int = Field(_defaults.years, description="Years of history before `until`.")
    seed: int = Field(_defaults.seed, description="Equal seeds make equal shops.")
    until: str = Field(_defaults.until.isoformat(), description="Last day, YYYY-MM-DD.")

    def parameters(self) -> seeds_generator.Parameters:
        """The same in the generator's words."""
        sizes = self.model_dump(exclude={"store", "until"})
        store = seeds_generator.find_store(self.store)
        return seeds_generator.Parameters(store=store, until=date.fromisoformat(self.until), **sizes)


@dg.asset(key=SHOP_FILES, group_name="landing", kinds={"python", "csv"})
def shop_files(config: ShopConfig) -> dg.MaterializeResult:
    """Five CSV files of a shop that never existed: customers, products, orders, lines, adjustments."""
    delivery = seeds_generator.write(config.parameters(), LANDING / "shop")
    return dg.MaterializeResult(
        metadata={"folder": str(delivery.folder), "is_unchanged": delivery.is_unchanged, **delivery.rows}
    )


def raw_tables(source: ingestion.Source) -> dg.AssetsDefinition:
    """The raw tables of one source, filled from its landing folder."""

    @dg.multi_asset(
        name=f"load_{source.name}",
        group_name="raw",
        specs=[
            dg.AssetSpec(
                key=[source.name, table.name],
                deps=[SHOP_FILES] if source.name == "shop" else [],
                description=table.description,
                kinds={"postgres"},
            )
            for table in source.tables
        ],
    )
    def load(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
        for state in load_landed(warehouse.open(), source, LANDING / source.name):
            counts = asdict(state)
            yield dg.MaterializeResult(
                asset_key=[source.name, counts.pop("table_name")],
                metadata={"dagster/row_count": counts.pop("row_count"), **counts},
            )

    return load


raw_assets = [raw_tables(ingestion.read_source(name)) for name in ingestion.enabled_sources()]
