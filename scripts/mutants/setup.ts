import * as fc from 'fast-check';

/** A score is the same in every run, and a mutant that is found needs no smallest counterexample. */
fc.configureGlobal({ seed: 20_260_105, endOnFailure: true });
