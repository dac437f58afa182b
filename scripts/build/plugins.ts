import type { Plugin } from 'esbuild';

/**
 * Leaves out of undici what cannot be reached here, by size and by time to load: it carries its HTTP parser four times
 * (two parsers, each for machines with and without SIMD; those that run Node 20 or newer on x64 or arm64 have it, and the
 * second parser needs an environment variable), and HTTP/2, which our connections do not offer, loads all of `node:http2`.
 */
export const leanUndici: Plugin = {
  name: 'lean-undici',
  setup({ onLoad }) {
    const throwing = (what: string) => () => ({
      contents: `throw new Error("${what} is not in this bundle")`,
    });
    onLoad({ filter: /undici\/lib\/milo\/(?:no-)?simd\.js$/ }, throwing('the parser milo'));
    onLoad({ filter: /undici\/lib\/llhttp\/llhttp-wasm\.js$/ }, throwing('the parser without SIMD'));
    onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({
      contents: 'module.exports = () => { throw new Error("HTTP/2 is not in this bundle") }',
    }));
  },
};

/**
 * Leaves out a module that no setting leads to there.
 *
 * @param what names it to who gets there all the same
 * @param names its exports that are imported, all of them functions
 */
export function without(what: string, filter: RegExp, names: readonly string[]): Plugin {
  const thrown = `() => { throw new Error("${what} is not in this bundle"); }`;
  return {
    name: `without ${what}`,
    setup({ onLoad }) {
      onLoad({ filter }, () => ({
        contents: names.map((name) => `export const ${name} = ${thrown};`).join('\n'),
      }));
    },
  };
}

/**
 * Leaves out the ways to a key of AWS that a function has no files for: the profiles of a machine (`~/.aws`), their logins and
 * commands, the token of a pod. Lambda puts the key into the environment. The chain of the SDK goes on, and ends with its own words.
 */
export const withoutProfiles: Plugin = {
  name: 'without-profiles',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/]credential-provider-(?:sso|ini|process|web-identity)[\\/]/ }, () => ({
      contents: `
        const skipped = () => async () => {
          throw Object.assign(new Error("profiles and tokens are not in this bundle"), { tryNextLink: true });
        };
        export { skipped as fromSSO, skipped as fromIni, skipped as fromProcess, skipped as fromTokenFile };`,
    }));
  },
};
