/** Options of `vi.waitUntil` and the like: a condition that never comes true is found, whatever the machine is busy with. */
export const WAIT = { timeout: 250_000 };
