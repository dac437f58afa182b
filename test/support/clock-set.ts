/**
 * Loaded before a program (`node --import`): on SIGUSR2 somebody sets the program's clock by `CLOCK_SET_MS` milliseconds,
 * while it runs. Timers keep their pace.
 */
const byMs = Number(process.env['CLOCK_SET_MS'] ?? 0);
const realNow = Date.now;
process.on('SIGUSR2', () => {
  Date.now = () => realNow() + byMs;
});
