import { MemoryPresenceStore } from './memory-presence-store.js';
import { describePresenceStore } from '../../test/presence-store.contract.js';

describePresenceStore('MemoryPresenceStore', (now) => new MemoryPresenceStore(now));
