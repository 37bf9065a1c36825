import GRDB

extension Ledger {
    /// The tables of a double-entry ledger whose rules the database itself enforces.
    ///
    /// A transfer is written open (`posted` = 0), gets its entries, and is then posted (`posted` = 1). The trigger
    /// `transfer_balances` lets it be posted only if its entries add up to zero. The deferred foreign key to the
    /// table `posted`, whose only row is 1, refuses the *commit* of a transfer that is still open. So no committed
    /// state can hold a transfer whose entries do not add up to zero, and a posted one never changes.
    static let schema = """
        CREATE TABLE account(
            id INTEGER PRIMARY KEY,
            side TEXT NOT NULL CHECK (side IN ('with', 'without')),
            name TEXT NOT NULL,
            UNIQUE (side, name)) STRICT;
        CREATE TABLE payment(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            side TEXT NOT NULL CHECK (side IN ('with', 'without')),
            customer TEXT NOT NULL,
            amount INTEGER NOT NULL CHECK (amount > 0),
            "order" TEXT,
            key TEXT,
            scope TEXT,
            fence INTEGER,
            FOREIGN KEY (side, customer) REFERENCES account(side, name)) STRICT;
        CREATE INDEX payment_key ON payment(key) WHERE key IS NOT NULL;
        CREATE TABLE posted(value INTEGER PRIMARY KEY CHECK (value = 1)) STRICT;
        INSERT INTO posted VALUES (1);
        CREATE TABLE transfer(
            id INTEGER PRIMARY KEY,
            payment INTEGER UNIQUE REFERENCES payment(id),
            posted INTEGER NOT NULL REFERENCES posted(value) DEFERRABLE INITIALLY DEFERRED) STRICT;
        CREATE TABLE entry(
            transfer INTEGER NOT NULL REFERENCES transfer(id),
            account INTEGER NOT NULL REFERENCES account(id),
            amount INTEGER NOT NULL CHECK (amount <> 0)) STRICT;
        CREATE INDEX entry_transfer ON entry(transfer);
        CREATE INDEX entry_account ON entry(account, amount);

        CREATE TRIGGER transfer_starts_open BEFORE INSERT ON transfer WHEN NEW.posted <> 0
        BEGIN SELECT RAISE(ABORT, 'a transfer starts open'); END;
        CREATE TRIGGER transfer_balances BEFORE UPDATE ON transfer WHEN OLD.posted = 0 AND NEW.posted = 1
        BEGIN
            SELECT RAISE(ABORT, 'the entries of a transfer add up to zero')
            WHERE (SELECT COUNT(*) < 2 OR SUM(amount) <> 0 FROM entry WHERE transfer = NEW.id);
        END;
        CREATE TRIGGER transfer_stays BEFORE UPDATE ON transfer WHEN OLD.posted = 1
        BEGIN SELECT RAISE(ABORT, 'a posted transfer never changes'); END;
        CREATE TRIGGER transfer_is_kept BEFORE DELETE ON transfer
        BEGIN SELECT RAISE(ABORT, 'a transfer is never deleted'); END;
        CREATE TRIGGER entry_joins_open BEFORE INSERT ON entry
        WHEN (SELECT posted FROM transfer WHERE id = NEW.transfer) = 1
        BEGIN SELECT RAISE(ABORT, 'a posted transfer never changes'); END;
        CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
        CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
        """

    /// Makes the tables, the accounts and their opening balances.
    static func create(in db: Database) throws {
        try db.execute(sql: schema)
        for side in Side.allCases {
            for name in [customer, shop, bank] {
                try db.execute(sql: "INSERT INTO account(side, name) VALUES (?, ?)", arguments: [side.rawValue, name])
            }
            try move(openingBalance, on: side, from: bank, to: customer, for: nil, in: db)
        }
    }

    /// Removes everything that ``create(in:)`` made. The triggers go with their tables.
    static func drop(in db: Database) throws {
        for table in ["entry", "transfer", "posted", "payment", "account"] {
            try db.execute(sql: "DROP TABLE \(table)")
        }
    }
}
