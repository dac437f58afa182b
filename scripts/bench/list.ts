import { Secret } from '../../lib/base/secret.ts';
import { systemClock } from '../../lib/base/time/system-clock.ts';
import { createDcsClient } from '../../lib/dcs/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { startSimulator } from '../../lib/simulator/simulator.ts';
import { taskIds } from './tasks.ts';
import { median, PROJECT_ID } from './world.ts';

const TASKS = 5000;
const ROUNDS = 15;
const WARM_UP = 5;
const KEY = { accessKey: 'BENCHACCESSKEY000001', secretKey: 'bench-secret-key' };

/** How long it takes to read a list of all its pages, each task with an error message, the simulated API included. */
export async function benchList(): Promise<string> {
  const simulator = await startSimulator({ credentials: KEY, projectId: PROJECT_ID });
  for (const id of taskIds(TASKS)) {
    simulator.setTask(id, realisticAnswer('FAILED', { task_id: id }));
    simulator.setListed(id, { error_message: 'Failed to connect to the source instance 192.168.1.2:6379.' });
  }
  const http = createHttpClient();
  const access = {
    projectId: PROJECT_ID,
    region: 'cn-north-4',
    endpoint: simulator.endpoint,
    allowInsecure: true,
    credentials: { accessKey: new Secret(KEY.accessKey), secretKey: new Secret(KEY.secretKey) },
  };

  const rounds: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    globalThis.gc?.();
    const dcs = createDcsClient({ http, clock: systemClock, requestsPerSecond: 1e6 });
    const started = performance.now();
    const list = await dcs.list(access, Number.POSITIVE_INFINITY);
    if (list.kind !== 'known' || list.value.length !== TASKS) throw new Error('the list is not whole');
    if (round >= WARM_UP) rounds.push(performance.now() - started);
  }
  await http.close();
  await simulator.close();
  return `A list of ${TASKS} tasks: ${median(rounds).toFixed(0)} ms (${ROUNDS} rounds, the simulated API included)`;
}
