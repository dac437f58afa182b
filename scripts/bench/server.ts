/** Answers every look like a task in its full phase. A process of its own, so that its work is not measured. */
import { createServer } from 'node:http';
import { realisticAnswer } from '../../lib/dcs/simulator-answers.ts';

const server = createServer((request, response) => {
  const taskId = request.url?.split('/').at(-1) ?? '';
  const body = JSON.stringify(realisticAnswer('FULLMIGRATING', { task_id: taskId }));
  response
    .writeHead(200, { 'content-type': 'application/json;charset=utf-8', 'x-request-id': taskId })
    .end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(`http://127.0.0.1:${address.port}`);
});
process.on('disconnect', () => process.exit());
