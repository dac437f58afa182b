/**
 * Loaded before a program (`node --import`), it sets the program's clock ahead by so many milliseconds: what a person
 * would have to wait for is over at once. Timers keep their pace.
 */
const ahead = Number(process.env['CLOCK_AHEAD_MS'] ?? 0);
const realNow = Date.now;
Date.now = () => realNow() + ahead;
