import NIOCore
import NIOHTTP2

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// What a client may do on one connection before it is closed with ENHANCE_YOUR_CALM, or a stream is refused.
    ///
    /// Frames that cost the client nothing are limited per time: see `NIOHTTP2Handler.StreamConfiguration` for those
    /// of streams; here PING, SETTINGS and PRIORITY, and DATA and CONTINUATION frames that carry nothing on.
    init(_ limits: GatewayLimits) {
        self.init()
        // HPACK counts 32 bytes more for each line (RFC 9113 section 6.5.2), of which there are also the four of the
        // request line. What is a little above our own limit can so be answered with 431.
        let listSize = limits.headerBytes + 32 * (limits.headerFields + 4)
        initialSettings = [
            // What the client is told is half of it: see `HTTP2Wire`.
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 2 * limits.streams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: listSize),
        ]
        maximumSequentialEmptyDataFrames = 10
        maximumBufferedControlFrames = 1_000
        controlFrameRateLimit.maximumCount = limits.controlFrames
        controlFrameRateLimit.windowLength = Self.period
    }

    /// What "per time" means for the limits of a connection.
    static let period = TimeAmount.seconds(30)
}

extension NIOHTTP2Handler.StreamConfiguration {
    /// Resets, by the client (CVE-2023-44487) or by what the client provokes (CVE-2025-8671), are limited per time;
    /// what waits to be sent is limited, so that one slow stream does not pile up memory.
    init(_ limits: GatewayLimits) {
        self.init()
        streamResetFrameRateLimit.maximumCount = limits.streamResets
        streamResetFrameRateLimit.windowLength = NIOHTTP2Handler.ConnectionConfiguration.period
        streamErrorRateLimit.maximumCount = limits.streamResets
        streamErrorRateLimit.windowLength = NIOHTTP2Handler.ConnectionConfiguration.period
        outboundBufferSizeHighWatermark = 64 << 10
        outboundBufferSizeLowWatermark = 16 << 10
    }
}
