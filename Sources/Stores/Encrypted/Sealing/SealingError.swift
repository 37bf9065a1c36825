import Idempotency

/// What is said about a record that cannot be read or written. Each names the record; nothing is run for its key.
enum SealingError {
    static func altered(_ id: RecordID) -> StoreError {
        StoreError(
            .corrupt,
            "Record \(id) cannot be decrypted: it was altered, moved or damaged, or it was encrypted with another key "
                + "of the same id. Nothing is run for this key. Restore the record, or use the keys that it was "
                + "written with.", effect: .notApplied)
    }

    static func missingKey(_ id: RecordID, key: String, known: [String]) -> StoreError {
        StoreError(
            .corrupt,
            "Record \(id) was encrypted with the key \"\(key)\", which is not among the keys. Nothing is run for this "
                + "record. Put the key back; there are: \(known.joined(separator: ", ")).", effect: .notApplied)
    }

    static func plaintext(_ id: RecordID) -> StoreError {
        StoreError(
            .corrupt,
            "Record \(id) is not encrypted, and such records are refused: anybody who can write to the store could "
                + "have put it there. If it is from before encryption was switched on, set \"plaintext\": \"accept\" "
                + "in the file of keys, run 'once keys rotate', and set it back.", effect: .notApplied)
    }

    static func shreddedScope(_ id: RecordID, key: String) -> StoreError {
        StoreError(
            .misuse,
            "The scope of record \(id) was shredded under the key \"\(key)\", so nothing can be written for it. If the "
                + "scope is to go on, generate a new key.", effect: .notApplied)
    }

    static func unreadableDraft(_ id: RecordID) -> StoreError {
        StoreError(
            .misuse,
            "Record \(id) cannot be read, so it cannot be given an outcome. It can be released, if its operation did "
                + "nothing; else let it be: it stops every retry.", effect: .notApplied)
    }

    static func restless(_ id: RecordID) -> StoreError {
        StoreError(
            .unavailable, "Record \(id) changed whenever it was looked at; retry with the same key.",
            effect: .notApplied)
    }
}
