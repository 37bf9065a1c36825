import Idempotency

/// The statement that puts other content in the place of what a record holds.
enum RewriteStatement {
    /// Changes a row that is still at the point where it was seen, and nothing in it that tells when or who.
    static func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) -> Statement {
        let record = seen.holding(content)
        var parameters = Parameters()
        parameters.bytes(id.digest.bytes)
        parameters.bytes(seen.owner.bytes)
        parameters.int8(Int64(seen.renewals))
        parameters.int8(Int64(record.fingerprint.algorithm))
        parameters.bytes(record.fingerprint.digest.bytes)
        if case .completed(let outcome, _, _) = record.state {
            parameters.int8(1)
            parameters.bytes(outcome.bytes)
            parameters.int8(Int64(outcome.kind.rawValue))
        } else {
            if case .running = record.state { parameters.int8(0) } else { parameters.int8(2) }
            parameters.null()
            parameters.null()
        }
        if record.checkpoint.isEmpty { parameters.null() } else { parameters.bytes(record.checkpoint) }
        parameters.text(LabelText.encode(record.label.key))
        parameters.text(LabelText.encode(record.label.scope))
        parameters.text(LabelText.encode(record.label.operation))
        return Statement("once_rewrite", sql, parameters)
    }

    private static let sql = """
        UPDATE idempotency_records SET algorithm = $4::bigint, fingerprint = $5::bytea, outcome = $7::bytea,
            detail = coalesce($8::bigint, detail), checkpoint = $9::bytea, label_key = $10::text,
            label_scope = $11::text, label_operation = $12::text
        WHERE id = $1::bytea AND owner = encode($2::bytea, 'hex')::uuid AND renewals = $3::bigint
            AND state = $6::bigint
        """
}
