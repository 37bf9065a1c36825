import Idempotency

extension WriteBatch {
    /// Puts a record in.
    func put(_ stored: StoredRecord, of id: RecordID) {
        id.withKey { key in
            RecordCoding.withEncoded(stored, id: id) { put(.records, key, $0) }
        }
    }

    /// Takes a record out.
    func deleteRecord(_ id: RecordID) {
        id.withKey { delete(.records, $0) }
    }

    /// Takes a record out that has expired, and its index entries.
    func removeExpired(_ id: RecordID, created: Timestamp, expires: Timestamp, withRecord: Bool) {
        if withRecord { deleteRecord(id) }
        delete(.completed, IndexKey.encode(created, id))
        delete(.expiry, IndexKey.encode(expires, id))
    }
}

extension RecordID {
    /// Hands the id as a key of 32 bytes to `body`, which must not keep it.
    fileprivate func withKey<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: Self.keySize, alignment: 8) { key in
            write(to: key, at: 0)
            return body(UnsafeRawBufferPointer(key))
        }
    }
}
