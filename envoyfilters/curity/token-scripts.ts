const note = `// SECURITY: the tokens of these clients are not bound to a certificate. Whoever steals one can use
// it, until it expires. Rotation of a certificate alone is no reason for this: RFC 8705 section 6.3
// lets a client refresh with a new certificate of the same identity. Use it only where this server
// refuses that, for clients inside one cluster, and give their access tokens a short life.`

/** The one place that says which clients lose the binding. */
function unboundTypes(types: readonly string[]): string {
  return `var unboundTypes = ${JSON.stringify(types)};

function isUnbound(context) {
  return unboundTypes.indexOf(String(context.client.properties['client-type'])) !== -1;
}`
}

/**
 * Writes the token procedure of the authorization code flow, in the JavaScript of Curity's scripts
 * (ECMAScript 5). It issues what Curity issues by itself; for clients of the given types it leaves
 * out the certificate of delegation and access token.
 */
export function authorizationCodeScript(types: readonly string[]): string {
  return `${note}
${unboundTypes(types)}

/**
 * @param {se.curity.identityserver.procedures.context.OpenIdConnectAuthorizationCodeTokenProcedureContext} context
 */
function result(context) {
  var unbound = isUnbound(context);

  var delegationData = context.getDefaultDelegationData();
  if (unbound) {
    delete delegationData['mtlsClientCertificate'];
    delete delegationData['mtlsClientCertificateThumbprintS256'];
  }
  var delegation = context.delegationIssuer.issue(delegationData);

  var accessTokenData = context.getDefaultAccessTokenData();
  if (unbound) {
    delete accessTokenData['cnf'];
  }
  var accessToken = context.accessTokenIssuer.issue(accessTokenData, delegation);

  var response = {
    scope: accessTokenData.scope,
    access_token: accessToken,
    refresh_token: context.refreshTokenIssuer.issue(context.getDefaultRefreshTokenData(), delegation),
    token_type: 'bearer',
    expires_in: secondsUntil(accessTokenData.exp)
  };

  if (context.scopeNames.contains('openid')) {
    var idTokenData = context.getDefaultIdTokenData();
    idTokenData.at_hash = context.idTokenIssuer.atHash(accessToken);
    response.id_token = context.idTokenIssuer.issue(idTokenData, delegation);
  }

  return response;
}
`
}

/**
 * Writes the token procedure of the refresh flow. The refresh token stays the presented one, unless
 * the server wants a new one for each use.
 */
export function refreshScript(types: readonly string[]): string {
  return `${note}
${unboundTypes(types)}

/**
 * @param {se.curity.identityserver.procedures.context.RefreshTokenProcedureContext} context
 */
function result(context) {
  var accessTokenData = context.getDefaultAccessTokenData(context.delegation);
  if (isUnbound(context)) {
    delete accessTokenData['cnf'];
  }
  var accessToken = context.accessTokenIssuer.issue(accessTokenData, context.delegation);

  var refreshToken = context.presentedToken.value;
  if (refreshToken === null) {
    refreshToken = context.refreshTokenIssuer.issue(
      context.getDefaultRefreshTokenData(),
      context.delegation
    );
  }

  return {
    scope: accessTokenData.scope,
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: secondsUntil(accessTokenData.exp)
  };
}
`
}
