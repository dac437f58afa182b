import { describeContract } from '../channels/contract.ts';
import { FORMS, isModel } from '../channels/samples.ts';

// A new type is held to this as soon as it is registered.
for (const form of FORMS.filter((name) => !isModel(name))) describeContract(form);
