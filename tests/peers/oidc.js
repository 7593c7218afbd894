// A real provider of identities (npm oidc-provider) on a loopback port, for tests/server/sign-in.
//
//   node oidc.js PORT RETURN_URL [ALGORITHM]
//
// Client "puntual" with a secret; anybody signs in as whom the form's "login" names. An account
// "x@unverified.example" has an address that was not verified. It wants oidc-provider 8 in
// NODE_PATH's folder (out/oidc/node_modules).
const path = require('node:path');
const port = Number(process.argv[2]);
const returnUrl = process.argv[3];
const algorithm = process.argv[4] || 'RS256';
const crypto = require('node:crypto');

function key(kid) {
  const pair = algorithm === 'ES256'
    ? crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}

(async () => {
  const folder = path.join(process.env.NODE_PATH, 'oidc-provider', 'lib', 'index.js');
  const { default: Provider } = await import(folder);
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{
      client_id: 'puntual',
      client_secret: 'a secret of the tests',
      redirect_uris: [returnUrl],
      id_token_signed_response_alg: algorithm,
      token_endpoint_auth_method: 'client_secret_post',
    }],
    jwks: { keys: [key('one')] },
    cookies: { keys: ['tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    async findAccount(ctx, id) {
      return {
        accountId: id,
        claims: async () => ({
          sub: `subject of ${id}`,
          email: id,
          email_verified: !id.endsWith('@unverified.example'),
          name: id.split('@')[0],
        }),
      };
    },
  });
  provider.listen(port, '127.0.0.1', () => console.log('listens'));
})();
