/**
 * Answers like the API, without its gateway, and so many tasks of each status as its arguments say: `FULLMIGRATING=10`.
 * A process of its own, so that its work is not measured.
 */
import { createServer } from 'node:http';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { routeOf } from '../../lib/simulator/routes.ts';
import { createTasks } from '../../lib/simulator/tasks.ts';
import { taskIds } from './tasks.ts';

const tasks = createTasks(Date);
const statuses = process.argv.slice(2).flatMap((argument) => {
  const [status = '', count = '0'] = argument.split('=');
  return Array.from({ length: Number(count) }, () => status);
});
for (const [i, task_id] of taskIds(statuses.length).entries()) {
  tasks.controls.play(task_id, { answers: [realisticAnswer(statuses[i] ?? '', { task_id })] });
}

const server = createServer((request, response) => {
  const route = routeOf(request);
  if (route === undefined) return void response.writeHead(404).end();
  const { status, headers, body } = tasks.reply(route);
  response.writeHead(status, headers).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(`http://127.0.0.1:${address.port}`);
});
process.on('disconnect', () => process.exit());
