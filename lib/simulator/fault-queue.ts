import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FaultName } from './faults.ts';
import type { CallKind } from './routes.ts';

/** Faults that were ordered and wait for a request. */
export interface FaultOrders {
  /** @param only the kind of call that meets the fault; any, when it is not given. */
  order(name: FaultName, times?: number, only?: CallKind): void;
  clear(): void;
  /** The fault that this request meets; counts it as fired. */
  next(request: IncomingMessage, kind: CallKind | undefined): FaultName | undefined;
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
}

export function createFaultOrders(): FaultOrders {
  const orders: { readonly name: FaultName; readonly only: CallKind | undefined; left: number }[] = [];
  const fired: Partial<Record<FaultName, number>> = {};
  const used = new WeakSet<Socket>();

  function waits(name: FaultName, { socket }: IncomingMessage): boolean {
    return name === 'closed on reuse' && !used.has(socket);
  }

  return {
    order(name, times = 1, only) {
      orders.push({ name, only, left: times });
    },
    clear() {
      orders.length = 0;
    },
    next(request, kind) {
      const order = orders.find(({ only }) => only === undefined || only === kind);
      const meets = order !== undefined && !waits(order.name, request);
      used.add(request.socket);
      if (!meets) return undefined;
      order.left -= 1;
      if (order.left <= 0) orders.splice(orders.indexOf(order), 1);
      fired[order.name] = (fired[order.name] ?? 0) + 1;
      return order.name;
    },
    fired,
  };
}
