import { describe } from 'vitest';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { describeChoice, describeStore } from './contract.ts';

describeStore('The memory store', async (now) => {
  const store = createMemoryStore({ now });
  return { open: () => store, close: () => store.close() };
});

describe('The memory store', () => describeChoice(() => ({ kind: 'memory' })));
