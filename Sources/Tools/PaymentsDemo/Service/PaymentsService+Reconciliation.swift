import HTTPTypes
import Hummingbird

extension PaymentsService {
    /// `GET /reconcile`: tells the gateway what became of an attempt that was interrupted.
    ///
    /// The answer is 200 with the payment's receipt as `message/http` when the ledger has a payment under the key, and
    /// 404 when it has none. The gateway believes "none" only when it hears it after the attempt's lease: by then a
    /// payment, which takes far less, is committed or gone.
    func addReconciliation(to router: Router<BasicRequestContext>) {
        router.get("reconcile") { request, _ in
            let attribution = try Attribution(request.headers)
            guard let key = attribution.key else {
                throw HTTPError(.badRequest, message: "Idempotency-Key is missing: it says what is asked about")
            }
            guard let payment = try await ledger.payment(key: key, scope: attribution.scope) else {
                throw HTTPError(.notFound, message: "No payment was made under this key")
            }
            return Response(
                status: .ok, headers: [.contentType: "message/http"],
                body: ResponseBody(byteBuffer: try Receipt(payment).message))
        }
    }
}
