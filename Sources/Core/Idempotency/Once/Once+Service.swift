public import ServiceLifecycle

extension Once: Service {
    /// Waits for a graceful shutdown, then refuses new executions and lets those under way come to their end, at most
    /// for `configuration.drain`. What has not ended by then is left as it is: its lease will lapse, and the
    /// interrupted policy decides.
    ///
    /// Operations run whether or not this does; without it nothing waits for them at the end of the process.
    ///
    /// - Throws: `CancellationError` when the task is cancelled instead.
    public func run() async throws {
        try await gracefulShutdown()
        await drain()
    }

    /// Refuses new executions from now on and waits for those under way, at most for `configuration.drain`.
    ///
    /// - Returns: Whether all came to their end in time. Calling it again waits again.
    @discardableResult
    public func drain() async -> Bool {
        executions.close()
        let deadline = clock.now + configuration.drain
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.executions.drained()
                return true
            }
            group.addTask {
                try? await self.clock.sleep(until: deadline)
                return false
            }
            let isDrained = await group.next() ?? false
            executions.stopWaiting()
            group.cancelAll()
            return isDrained
        }
    }
}
