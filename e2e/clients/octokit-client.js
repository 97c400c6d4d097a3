// The official GitHub SDK: it has no variable for its base URL, so the one of the preset is passed in code.
import { Octokit } from "@octokit/rest";

const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN, baseUrl: process.env.GITHUB_API_URL });
try {
  const { status, data } = await octokit.rest.repos.get({ owner: "agentkeys", repo: "agentkeys" });
  console.log(`ANSWER ${status} ${data.path}`);
  const created = await octokit.rest.issues.create({ owner: "agentkeys", repo: "agentkeys", title: "hi" });
  console.log(`ANSWER ${created.status} ${created.data.method}`);
  console.log("DONE");
} catch (fault) {
  console.log(`FAULT ${Date.now()} ${fault.status ?? ""} ${fault.message}`);
}
