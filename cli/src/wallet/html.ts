import { SCRIPT, STYLE } from "./generated/page.ts";

/** What a page may do: run its own script and style and talk to this command, nothing else. */
export function securityHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
}

/** The page; `session` and `nonce` are ours and hold no characters that HTML knows. */
export function pageHtml({ session, nonce }: { session: string; nonce: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AgentKeys: sign with your wallet</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body data-session="${session}">
<main>
<h1>AgentKeys</h1>
<section id="place" aria-live="polite"><p>Waiting for the command.</p></section>
<ol id="log"></ol>
</main>
<script type="module" nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;
}
