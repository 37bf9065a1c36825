import HTTPTypes
import Hummingbird

extension PaymentsService {
    /// `GET /`: the page, one self-contained document.
    func addPage(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8",
                    .cacheControl: "no-store",
                    .contentSecurityPolicy: Page.contentSecurityPolicy,
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: Page.document)))
        }
    }
}
