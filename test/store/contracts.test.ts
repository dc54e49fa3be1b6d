/** @module The contracts of the store on each database. */
import { onEachDatabase } from './databases.js';
import { jobsContract } from './jobs-contract.js';
import { pruningContract } from './pruning-contract.js';
import { storeContract } from './store-contract.js';
import { submissionsContract } from './submissions-contract.js';

onEachDatabase('contracts', (open, name) => {
  storeContract(name, open);
  submissionsContract(name, open);
  jobsContract(name, open);
  pruningContract(name, open);
});
