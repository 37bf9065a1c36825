import Foundation
import Hummingbird
import Idempotency
import IdempotencyHTTP

extension AdminListener {
    /// `GET /keys`: a page of records.
    func list(_ request: Request) async throws -> Response {
        let items = request.uri.queryParameters
        let allowed = ["state", "key", "limit", "after"]
        for (name, _) in items where !allowed.contains(String(name)) {
            throw AdminProblem.badRequest(
                "\"\(name)\" is no query item of a listing. Allowed: \(allowed.joined(separator: ", ")).")
        }
        var query = RecordQuery(key: items["key"].map(String.init))
        for word in items.getAll("state").flatMap({ $0.split(separator: ",") }) {
            guard let state = RecordQuery.State(rawValue: String(word)) else {
                let states = RecordQuery.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw AdminProblem.badRequest("\"\(word)\" is no state. Allowed: \(states).")
            }
            query.states.insert(state)
        }
        if let text = items["limit"] {
            guard let limit = Int(text), (1...1000).contains(limit) else {
                throw AdminProblem.badRequest("\"\(text)\" is no limit. Allowed: 1 to 1000.")
            }
            query.limit = limit
        }
        if let text = items["after"] {
            guard let cursor = RecordQuery.Cursor(text: text) else {
                throw AdminProblem.badRequest("\"\(text)\" is no place in a listing; take it from the page before.")
            }
            query.after = cursor
        }
        return try AdminResponse.json(PageView(try await operations.list(query)))
    }

    /// `GET /keys/{id}`: one record with its stored answer.
    func show(_ context: BasicRequestContext) async throws -> Response {
        let found = try await operations.find(try selector(context))
        return try AdminResponse.json(RecordView(found.record, id: found.id, at: found.now, withContent: true))
    }

    /// `POST /keys/{id}/resolve`: in doubt becomes completed.
    func resolve(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let wish = try await wish(request, allowed: SettlementWish.resolveMembers)
        let outcome: Outcome
        do {
            outcome = try wish.outcome()
        } catch {
            throw AdminProblem.badRequest(error.description)
        }
        return try await settle(.completed(outcome, retention: wish.retention), wish, context)
    }

    /// `POST /keys/{id}/release`: in doubt becomes vacant.
    func release(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await settle(.vacant, try await wish(request, allowed: SettlementWish.releaseMembers), context)
    }

    private func settle(
        _ settlement: Settlement, _ wish: SettlementWish, _ context: BasicRequestContext
    ) async throws -> Response {
        let found = try await operations.find(try selector(context))
        let settled = try await operations.settle(
            found.id, as: settlement, reason: wish.reason ?? "", author: wish.author, force: wish.force ?? false)
        return try AdminResponse.json(SettledView(settled))
    }

    private func wish(_ request: Request, allowed: [String]) async throws -> SettlementWish {
        let buffer = try await request.body.collect(upTo: configuration.maximumBody)
        let data = Data(buffer.readableBytesView)
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw AdminProblem.badRequest(
                "The body must be a JSON object. Allowed members: \(allowed.joined(separator: ", ")).")
        }
        if let unknown = object.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw AdminProblem.badRequest(
                "\"\(unknown)\" is no member of the body. Allowed: \(allowed.joined(separator: ", ")).")
        }
        do {
            return try JSONDecoder().decode(SettlementWish.self, from: data)
        } catch {
            throw AdminProblem.badRequest("A member has the wrong type: \(SettlementWish.types).")
        }
    }

    private func selector(_ context: BasicRequestContext) throws -> RecordSelector {
        let id = try context.parameters.require("id")
        guard let selector = RecordSelector(digits: id) else {
            throw AdminProblem.badRequest("\"\(id)\" is no record id. Allowed: its first 8 to 64 hexadecimal digits.")
        }
        return selector
    }
}
