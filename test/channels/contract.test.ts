import { describeContract } from './contract.ts';
import { FORMS, isModel } from './samples.ts';

// One type for each way of sending; all others are held to it in the long suite.
for (const form of FORMS.filter(isModel)) describeContract(form);
