/**
 * One instance of a function, as FunctionGraph's Node.js runtime is documented to run it (developer guide, "Developing an
 * event function in Node.js" and "SDK APIs"). It is CommonJS for Nodes that know no types. The platform is its parent.
 */
'use strict';

const { join } = require('node:path');

/** The documents: a larger answer is refused. */
const MOST_ANSWER_BYTES = 6 * 1024 * 1024;

/** The context of one call. Its methods use `this`, as those of the platform do. */
class Context {
  constructor({ requestId, remainingMs, variables, keys }) {
    this.requestId = requestId;
    this.endsAt = performance.now() + remainingMs;
    this.variables = variables;
    this.keys = keys;
  }
  getRequestID() {
    return this.requestId;
  }
  getRemainingTimeInMilliSeconds() {
    return Math.max(0, Math.floor(this.endsAt - performance.now()));
  }
  getUserData(name) {
    return Object.hasOwn(this.variables, name) ? this.variables[name] : undefined;
  }
  getSecurityAccessKey() {
    return this.keys.accessKey;
  }
  getSecuritySecretKey() {
    return this.keys.secretKey;
  }
  getSecurityToken() {
    return this.keys.securityToken;
  }
  /** No longer maintained: it gives nothing. */
  getAccessKey() {
    return '';
  }
  getSecretKey() {
    return '';
  }
  getProjectID() {
    return process.env.RUNTIME_PROJECT_ID;
  }
  getFunctionName() {
    return process.env.RUNTIME_FUNC_NAME;
  }
  getPackage() {
    return process.env.RUNTIME_PACKAGE;
  }
  getVersion() {
    return process.env.RUNTIME_FUNC_VERSION;
  }
}

let loaded;

function tell(message) {
  process.send(message);
}

function failure(error) {
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

/** Ahead of the true clock, where a test does not wait. */
function setClock(aheadMs) {
  const realNow = Date.now;
  Date.now = () => realNow() + aheadMs;
}

function start({ context, initializer, clockAheadMs }) {
  setClock(clockAheadMs);
  const begun = process.cpuUsage();
  loaded = require(join(process.env.RUNTIME_CODE_ROOT, 'index.js'));
  const loadCpuMs = cpuMs(begun);
  loaded[initializer](new Context(context), (error) => {
    if (error) tell(failure(error));
    else tell({ kind: 'started', loadCpuMs, initializerCpuMs: cpuMs(begun) - loadCpuMs });
  });
}

async function handle({ context, event, handler }) {
  const begun = process.cpuUsage();
  const result = await loaded[handler](event, new Context(context));
  const answer = JSON.stringify(result ?? null);
  if (Buffer.byteLength(answer) > MOST_ANSWER_BYTES) throw new Error('the answer is too large');
  tell({ kind: 'answered', answer, cpuMs: cpuMs(begun), rss: process.memoryUsage.rss() });
}

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

process.on('message', (message) => {
  if (message.kind === 'start') {
    try {
      start(message);
    } catch (error) {
      tell(failure(error));
    }
    return;
  }
  handle(message).catch((error) => tell(failure(error)));
});
