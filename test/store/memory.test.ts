import { createMemoryStore } from '../../lib/store/memory.ts';
import { describeStore } from './contract.ts';

describeStore('The memory store', async (now) => {
  const store = createMemoryStore({ now });
  return { open: () => store, close: () => store.close() };
});
