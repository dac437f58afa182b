import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FaultName } from './simulator-faults.ts';

/** Faults that were ordered and wait for a request. */
export interface FaultOrders {
  order(name: FaultName, times?: number): void;
  clear(): void;
  /** The fault that this request meets; counts it as fired. */
  next(request: IncomingMessage): FaultName | undefined;
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
}

export function createFaultOrders(): FaultOrders {
  const orders: { readonly name: FaultName; left: number }[] = [];
  const fired: Partial<Record<FaultName, number>> = {};
  const used = new WeakSet<Socket>();

  function waits(name: FaultName, { socket }: IncomingMessage): boolean {
    return name === 'closed on reuse' && !used.has(socket);
  }

  return {
    order(name, times = 1) {
      orders.push({ name, left: times });
    },
    clear() {
      orders.length = 0;
    },
    next(request) {
      const order = orders[0];
      const meets = order !== undefined && !waits(order.name, request);
      used.add(request.socket);
      if (!meets) return undefined;
      order.left -= 1;
      if (order.left <= 0) orders.shift();
      fired[order.name] = (fired[order.name] ?? 0) + 1;
      return order.name;
    },
    fired,
  };
}
