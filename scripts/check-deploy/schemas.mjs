/** Against the published types of Kubernetes: the compiler finds unknown and missing fields, the validators wrong formats. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const FILE = fileURLToPath(new URL('../../manifests.generated.ts', import.meta.url));

export async function schemaProblems(named) {
  return [...typeProblems(named), ...(await formatProblems(named))];
}

function moduleOf({ apiVersion, kind }) {
  return `kubernetes-models/${apiVersion}/${kind}`;
}

/** One file in memory with a typed constant an object; its errors are those of the manifests. */
function typeProblems(named) {
  const imports = named.map(
    ([, object], i) => `import type { I${object.kind} as T${i} } from '${moduleOf(object)}';`,
  );
  const constants = named.map(([, object], i) => `export const o${i}: T${i} = ${JSON.stringify(object)};`);
  const source = [...imports, ...constants].join('\n');
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === FILE || fileExists(name);
  host.readFile = (name) => (name === FILE ? source : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === FILE ? ts.createSourceFile(name, source, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([FILE], options, host);
  const file = program.getSourceFile(FILE);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ').replaceAll(/\s+/g, ' ');
    const line =
      diagnostic.start === undefined ? 0 : file.getLineAndCharacterOfPosition(diagnostic.start).line;
    const [where] = named[line % named.length] ?? [''];
    return `${where}: ${message}`;
  });
}

async function formatProblems(named) {
  const problems = [];
  for (const [where, object] of named) {
    try {
      const { [object.kind]: Model } = await import(moduleOf(object));
      new Model(object).validate();
    } catch (error) {
      problems.push(`${where}: ${error.message}`);
    }
  }
  return problems;
}
