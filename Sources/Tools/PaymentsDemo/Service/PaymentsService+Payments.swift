import HTTPTypes
import Hummingbird

extension PaymentsService {
    /// `POST /payments`: makes a payment, a new one every time.
    func addPayments(to router: Router<BasicRequestContext>) {
        router.post("payments") { request, context in
            let crashPoint = request.headers[.demoCrash].flatMap(CrashPoint.init(rawValue:))
            let attribution = try Attribution(request.headers)
            let payment = try await request.decode(as: PaymentRequest.self, context: context)
            if let refusal = payment.refusal { throw HTTPError(.badRequest, message: refusal) }
            return try await pay(payment, attribution: attribution, crashPoint: crashPoint)
        }
    }

    private func pay(
        _ request: PaymentRequest, attribution: Attribution, crashPoint: CrashPoint?
    ) async throws -> Response {
        try await Task.sleep(for: configuration.workTime)
        do {
            let payment = try await ledger.pay(request, attribution: attribution) { [crash] in
                if crashPoint == .beforeCommit { crash() }
            }
            if crashPoint == .afterCommit { crash() }
            return try Receipt(payment).response
        } catch LedgerError.unknownAccount {
            throw HTTPError(.notFound, message: "\(LedgerError.unknownAccount)")
        } catch LedgerError.insufficientFunds {
            throw HTTPError(.init(code: 402), message: "\(LedgerError.insufficientFunds)")
        }
    }
}
