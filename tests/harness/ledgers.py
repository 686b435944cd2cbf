"""The two states of the source that a harness run moves between.

`before` is what the target holds when a run begins, `after` is what the run must bring: every kind of
change in tables of every shape, so that a table left as it was, half loaded or loaded twice is seen.
"""
import dataclasses

from databases import PostgresServer, SqliteDatabase, checked

# In words that SQLite and PostgreSQL share; within what the catalog's checks allow.
CHANGES = """
UPDATE currencies SET active = NOT active WHERE code = 'BHD';
UPDATE territories SET local_name = 'Ἑλλάς' WHERE code = 'GR';
UPDATE fx_rates SET rate = rate * 2 WHERE currency_code <> 'EUR' AND rate_date > '2025-09-20';
INSERT INTO brokers SELECT 'NEW-' || broker_code, name, territory_id, brokerage FROM brokers;
DELETE FROM commissions WHERE percent > 25;
INSERT INTO retrocessions SELECT treaty_id, treaty_id, 1, 0.25, '2025-01-01' FROM treaties;
UPDATE premium_postings SET reference = 'corrected' WHERE reference IS NULL AND quarter = 3;
DELETE FROM premium_postings WHERE posting_id % 150 = 0;
UPDATE claims SET outstanding = round(outstanding + 1, 2), closed_on = NULL WHERE layer_no = 1;
INSERT INTO claims SELECT 'N' || claim_number, treaty_id, layer_no, NULL, cause, loss_on, reported_on,
  closed_on, currency_code, paid, outstanding, description FROM claims;
INSERT INTO claim_movements SELECT claim_number, movement_no + 500, moved_on, kind, amount, outstanding,
  user_id FROM claim_movements;
INSERT INTO loss_postings SELECT posting_id + 100000, claim_number, movement_no, year, quarter, booked_on,
  currency_code, amount FROM loss_postings;
DELETE FROM settlements WHERE instalment = 2;
INSERT INTO audit_log SELECT * FROM audit_log WHERE user_id < 20;
UPDATE documents SET file_name = 'renamed ' || file_name WHERE treaty_id IS NOT NULL;
"""


@dataclasses.dataclass
class Ledgers:
    """`before` and `after` of one source engine."""

    before: object
    after: object


def sqlite_ledgers(generator, folder, scale):
    before = SqliteDatabase(folder / "before.db")
    after = SqliteDatabase(folder / "after.db")
    checked([str(generator), str(before.file), "--scale", str(scale)])
    after.become(before)
    after.run("BEGIN;" + CHANGES + "COMMIT;")
    return Ledgers(before, after)


def postgres_ledgers(generator, server: PostgresServer, scale):
    before, after = server.database("ledger_before"), server.database("ledger_after")
    before.create()
    before.run(checked([str(generator), "--sql", "--scale", str(scale)]))
    after.become(before)
    after.run("BEGIN;" + CHANGES + "COMMIT;")
    return Ledgers(before, after)
