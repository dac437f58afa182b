import type { Transform } from 'node:stream';
import { type Phrase, phrase } from '../base/explanation.ts';
import { Body } from './body.ts';
import { HttpError, type HttpLimits, type HttpRequest, type HttpResponse } from './client.ts';
import { createDecoder } from './decoder.ts';
import { failure, isBroken } from './failures/failure.ts';
import { refusedBy } from './failures/proxy-faults.ts';
import type { FaultCode } from './faults.ts';
import type { HttpProxy } from './proxies.ts';

/** Undici's control of a running request. */
interface Controller {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The part of the connections that an exchange needs. */
export interface Transport {
  /** Starts sending. It calls the exchange's methods back. */
  dispatch(request: HttpRequest, exchange: Exchange): void;
  /** True while undici writes the first request to a new connection. */
  readonly opening: boolean;
  /** The proxy for a URL, if there is one. */
  proxyOf?(url: URL): HttpProxy | undefined;
}

/** Time in which a kept-alive connection shows that the other side had closed it. A later break loses an answer. */
const STALE_MS = 1000;

const ABANDONED = new Error('abandoned');

/** The promise of an exchange. */
export interface Settling {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: HttpError) => void;
}

/**
 * One running request: it collects undici's pieces of the answer, enforces the limits, and settles one promise. It is a
 * class because methods, unlike closures, are shared by all requests.
 */
export class Exchange {
  readonly #transport: Transport;
  readonly #request: HttpRequest;
  readonly #limits: HttpLimits;
  readonly #started = performance.now();
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: HttpError) => void;
  readonly #deadline: NodeJS.Timeout;
  readonly #body: Body;
  readonly #proxy: HttpProxy | undefined;
  #controller: Controller | undefined;
  #sentAt = 0;
  #reused = false;
  #answering = false;
  #repeated = false;
  #settled = false;
  /** The whole answer has arrived, though it may still have to be decompressed. */
  #ended = false;
  /** 0 before the status line. */
  #status = 0;
  #headers: RawHeaders = {};
  #coding: string | string[] | undefined;
  #decoder: Transform | undefined;

  constructor(transport: Transport, request: HttpRequest, limits: HttpLimits, { resolve, reject }: Settling) {
    this.#transport = transport;
    this.#request = request;
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#proxy = transport.proxyOf?.(request.url);
    this.#body = new Body(limits.maxBodyBytes);
    this.#deadline = setTimeout(lastTurn, limits.timeoutMs, this);
    limits.signal?.addEventListener('abort', this);
  }

  /** Called when the caller aborts. An object as listener saves a closure for each request. */
  handleEvent(): void {
    this.#stop('connection', phrase('given_up'));
  }

  start(): void {
    if (this.#limits.signal?.aborted) this.handleEvent();
    else this.#transport.dispatch(this.#request, this);
  }

  onRequestStart(controller: Controller): void {
    // The request was given up while it waited for a connection, and must not be sent.
    if (this.#settled) {
      controller.abort(ABANDONED);
      return;
    }
    this.#controller = controller;
    this.#sentAt = performance.now();
    this.#reused = !this.#transport.opening;
  }

  onResponseStarted(): void {
    this.#answering = true;
  }

  onResponseStart(_controller: Controller, status: number, headers: RawHeaders): void {
    const isInterim = status < 200;
    if (isInterim || this.#settled) return;
    // Only a proxy answers 407, to a request that it forwards without a tunnel (RFC 9110, 15.5.8).
    if (status === 407 && this.#proxy !== undefined && this.#request.url.protocol === 'http:') {
      this.#fail(refusedBy(this.#proxy, this.#request.url.host, status));
      return;
    }
    this.#status = status;
    this.#headers = headers;
    this.#coding = headers['content-encoding'];
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#settled) return;
    if (this.#coding === undefined) this.#collect(chunk);
    else this.#decode(controller, String(this.#coding), chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#ended = true;
    if (this.#decoder === undefined) this.#complete(false);
    else this.#decoder.end();
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.#settled) return;
    if (!this.#isStale(error)) {
      this.#fail(error);
      return;
    }
    this.#repeated = true;
    // Restarts after the callback, because undici is still closing the broken connection.
    queueMicrotask(() => {
      if (!this.#settled) this.start();
    });
  }

  /** @see lastTurn */
  giveUp(): void {
    if (this.#settled || this.#ended) return;
    this.#stop('timeout', phrase('answer_incomplete', String(this.#limits.timeoutMs)));
  }

  #isStale(error: Error): boolean {
    if (this.#repeated || !this.#reused || this.#answering) return false;
    return isBroken(error) && performance.now() - this.#sentAt < STALE_MS;
  }

  #decode(controller: Controller, coding: string, chunk: Buffer): void {
    this.#decoder ??= this.#attach(createDecoder(coding, chunk));
    if (this.#decoder === undefined) this.#stop('protocol', phrase('encoding_unknown'));
    else if (!this.#decoder.write(chunk)) {
      controller.pause();
      this.#decoder.once('drain', () => controller.resume());
    }
  }

  #attach(decoder: Transform | undefined): Transform | undefined {
    return decoder
      ?.on('data', (piece: Buffer) => this.#collect(piece))
      .on('end', () => this.#finish())
      .on('error', () => this.#stop('protocol', phrase('not_decompressed')));
  }

  /**
   * Ends the request too, because compressed data can end before the answer, whose rest would come without a deadline.
   */
  #finish(): void {
    this.#complete(false);
    this.#controller?.abort(ABANDONED);
  }

  #collect(piece: Buffer): void {
    if (this.#settled || this.#body.add(piece)) return;
    this.#stop('too_large', phrase('body_too_long', String(this.#limits.maxBodyBytes)));
  }

  #stop(code: 'timeout' | 'too_large' | 'protocol' | 'connection', what: Phrase<FaultCode>): void {
    const { host } = this.#request.url;
    this.#fail(new HttpError({ code, host, ms: 0, explanation: { at: host, what: [what] } }));
  }

  /** Ends the exchange with a failure. With `truncate`, a status that was seen counts more than a later failure. */
  #fail(error: unknown): void {
    if (this.#settled) return;
    if (this.#status !== 0 && this.#limits.oversize === 'truncate') this.#complete(true);
    else {
      this.#settle();
      this.#reject(this.#failure(error));
    }
    this.#controller?.abort(ABANDONED);
    this.#decoder?.destroy();
  }

  #failure(error: unknown): HttpError {
    return failure(error, {
      url: this.#request.url,
      ms: this.#elapsed(),
      proxy: this.#proxy,
      isFirstContact: !this.#reused && !this.#answering,
      showedCertificate: this.#limits.clientCertificate !== undefined,
    });
  }

  #complete(truncated: boolean): void {
    if (this.#settled) return;
    this.#settle();
    const response: HttpResponse = {
      status: this.#status,
      headers: flat(this.#headers),
      body: this.#body.text(),
      truncated,
      ms: this.#elapsed(),
    };
    // Undici frees the connection in an immediate that is queued after this call. A caller that gets the answer earlier
    // and sends again would open a second connection, with another handshake.
    process.nextTick(setImmediate, this.#resolve, response);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#limits.signal?.removeEventListener('abort', this);
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#started);
  }
}

/**
 * Gives an exchange up at its deadline, but only after the next reading of sockets. After a stall (a stopped process, a
 * busy loop) Node runs timers before it reads sockets, so an answer that had arrived would be lost; immediates run
 * after the sockets. Functions with an argument save a closure for each request.
 */
function lastTurn(exchange: Exchange): void {
  setImmediate(giveUp, exchange);
}

function giveUp(exchange: Exchange): void {
  exchange.giveUp();
}

function flat(headers: RawHeaders): Readonly<Record<string, string>> {
  if (isFlat(headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function isFlat(headers: RawHeaders): headers is Readonly<Record<string, string>> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return true;
}
