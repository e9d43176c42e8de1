// Projects of our own making, the same for the same seed: a TypeScript library, a Vue app, a worker in JavaScript,
// Python with Cython, Rust, Java, C#, Go, AssemblyScript. What they do makes no sense; how they are written is what people write: comments,
// documentation, types, statements.
import fs from 'node:fs';
import path from 'node:path';

/** Numbers by chance (mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const NOUNS = ['order', 'tariff', 'voucher', 'parcel', 'ledger', 'quota', 'tenant', 'invoice', 'shipment', 'rebate', 'carrier', 'pallet', 'deposit', 'contract', 'meter', 'reading'];
const VERBS = ['settle', 'collect', 'route', 'rank', 'merge', 'price', 'split', 'audit', 'trim', 'match', 'defer', 'weigh'];
const QUALITIES = ['open', 'stale', 'partial', 'late', 'signed', 'bulk', 'frozen', 'shared', 'early', 'void'];
const REASONS = [
  'the old plan still has customers in two regions', 'support asked for it after the outage in spring',
  'the upstream sends them twice when it is under load', 'nobody reads this value before the nightly run',
  'rounding has to happen before the surcharge is added', 'the auditors want to see both numbers',
  'a refund may arrive before its own order does', 'the cache may hold entries of another tenant',
  'partners without a contract pay the list price', 'the field was renamed and old clients send both',
];

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function words(roll) {
  const pick = (list) => list[roll(list.length)];
  return {
    noun: () => pick(NOUNS), verb: () => pick(VERBS), quality: () => pick(QUALITIES), reason: () => pick(REASONS),
    number: () => 2 + roll(970),
  };
}

function typescript(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  const Type = capital(name);
  let text = `import type { Clock } from './clock';\n\n/** What is known of one ${name}, as the ${noun()} service sends it. */\nexport interface ${Type}Record {\n  id: string;\n`;
  const fields = [...new Set([noun(), noun(), noun()])].filter((field) => field !== name);
  for (const field of fields) text += `  ${field}${capital(quality())}At: number;\n  // ${field} is missing when ${reason()}\n  ${field}Notes?: string[];\n`;
  text += `}\n\nconst limits: Record<string, number> = { ${fields.map((field) => `${field}: ${number()}`).join(', ')} };\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n/**\n * ${capital(does)}s the ${how} ${what}s of a ${name}: ${reason()}.\n */\nexport function ${does}${capital(how)}${capital(what)}${n}(records: ${Type}Record[], clock: Clock, most = ${number()}): Map<string, ${Type}Record> {\n`;
    text += `  // ${capital(reason())}, so the ${what}s are kept by their ids.\n  const ${what}sById = new Map<string, ${Type}Record>();\n`;
    text += `  for (const record of records) {\n    if (record.id.length > ${number()} || clock.now() % ${number()} === ${n}) continue;\n`;
    text += `    // ${reason()}\n    const ${how}Weight = (limits[record.id] ?? most) * ${number()} + records.length;\n`;
    text += `    if (${how}Weight > most) ${what}sById.set(record.id + '${how}-${what}', record);\n  }\n  return ${what}sById;\n}\n`;
  }
  return text;
}

function javascript(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `'use strict';\n// The ${name} worker: ${reason()}.\n`;
  for (let n = 0; n < 5; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n/** ${capital(does)}s ${how} ${what}s, since ${reason()}. */\nfunction ${does}${capital(what)}${n}(${what}s, ${how}Limit) {\n`;
    text += `  let ${how}Total = ${number()};\n  for (const ${what} of ${what}s) {\n    // ${reason()}\n`;
    text += `    if (${what}.${how}Count > ${how}Limit * ${number()}) ${how}Total += ${what}.${how}Count % ${number()};\n    else ${what}.${how}Count = ${how}Total; // ${quality()} ${noun()} wins\n  }\n  return ${how}Total;\n}\nexports.${does}${capital(what)}${n} = ${does}${capital(what)}${n};\n`;
  }
  return text;
}

function vue(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  const [a, b, does, how] = [noun(), noun(), verb(), quality()];
  return `<script setup lang="ts">
import { computed, ref } from 'vue';

// ${capital(reason())}, so the ${a}s are shown before the ${b}s.
interface ${capital(name)}Row {
  ${a}Id: string;
  ${how}${capital(b)}: number;
}

const rows = ref<${capital(name)}Row[]>([]);
const ${how}Limit = ref<number>(${number()});
/** The rows that the table shows when ${reason()}. */
const shown${capital(a)}s = computed(() => rows.value.filter((row: ${capital(name)}Row) => row.${how}${capital(b)} > ${how}Limit.value));
function ${does}${capital(a)}(row: ${capital(name)}Row): void {
  // ${reason()}
  row.${how}${capital(b)} = Math.max(row.${how}${capital(b)} - ${how}Limit.value, ${number()});
}
</script>

<template>
  <!-- ${capital(reason())}. -->
  <section class="${name}-${how}">
    <article v-for="row in shown${capital(a)}s" :key="row.${a}Id" @click="${does}${capital(a)}(row)">
      <strong>{{ row.${a}Id }}</strong> <em v-if="row.${how}${capital(b)} > ${number()}">{{ row.${how}${capital(b)} }}</em>
    </article>
  </section>
</template>

<style scoped>
/* ${reason()} */
.${name}-${how} { display: grid; gap: ${number() % 40}px; }
</style>
`;
}

function python(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `"""What the ${name} service needs to know, since ${reason()}."""\n\nfrom __future__ import annotations\n\n`;
  for (let n = 0; n < 5; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\ndef ${does}_${how}_${what}_${n}(${what}s, ${how}_limit=${number()}):\n    """${capital(does)} the ${how} ${what}s: ${reason()}."""\n`;
    text += `    # ${capital(reason())}, so nothing is dropped here.\n    ${how}_total = ${number()}\n    for ${what} in ${what}s:\n`;
    text += `        # ${reason()}\n        if ${what}["${how}_count"] > ${how}_limit * ${number()}:\n            ${how}_total += ${what}["${how}_count"] % ${number()}\n        else:\n            ${what}["${how}_count"] = ${how}_total  # ${quality()} ${noun()} wins\n    return ${how}_total\n`;
  }
  return text;
}

function rust(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `//! What the ${name} service needs to know, since ${reason()}.\n\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n/// ${capital(does)}s the ${how} ${what}s: ${reason()}.\n#[no_mangle]\npub extern "C" fn ${name}_${does}_${how}_${what}_${n}(${what}s: u64, ${how}_limit: u64) -> u64 {\n`;
    text += `    // ${capital(reason())}, so nothing is dropped here.\n    let mut ${how}_total: u64 = ${number()};\n    for ${what} in 0..${what}s {\n        // ${reason()}\n        if ${what} * ${number()} > ${how}_limit {\n            ${how}_total = ${how}_total.wrapping_add(${what} % ${number()}); // ${quality()} ${noun()} wins\n        }\n    }\n    ${how}_total\n}\n`;
  }
  return text;
}

function java(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `package acme;\n\nimport java.util.List;\n\n/** What the ${name} service needs to know, since ${reason()}. */\npublic final class ${capital(name)} {\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n    /** ${capital(does)}s the ${how} ${what}s: ${reason()}. */\n    public static long ${does}${capital(what)}${n}(List<Long> ${what}s, long ${how}Limit) {\n        // ${capital(reason())}, so nothing is dropped here.\n        long ${how}Total = ${number()};\n        for (long ${what} : ${what}s) {\n            // ${reason()}\n            if (${what} * ${number()} > ${how}Limit) ${how}Total += ${what} % ${number()}; // ${quality()} ${noun()} wins\n        }\n        return ${how}Total;\n    }\n`;
  }
  return `${text}}\n`;
}

function csharp(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `using System;\nusing System.Collections.Generic;\n\nnamespace Acme.${capital(name)}s\n{\n    /// <summary>What the ${name} service needs to know, since ${reason()}.</summary>\n    public sealed class ${capital(name)}\n    {\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n        /// <summary>${capital(does)}s the ${how} ${what}s: ${reason()}.</summary>\n        public static decimal ${capital(does)}${capital(what)}${n}(IEnumerable<decimal> ${what}s, decimal ${how}Limit)\n        {\n            // ${capital(reason())}, so nothing is dropped here.\n            var ${how}Total = ${number()}m;\n            foreach (var ${what} in ${what}s)\n            {\n                // ${reason()}\n                if (${what} * ${number()} > ${how}Limit) ${how}Total += ${what} % ${number()}; // ${quality()} ${noun()} wins\n            }\n            return Math.Round(${how}Total, ${n});\n        }\n`;
  }
  return `${text}    }\n}\n`;
}

function go(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `package main\n\n// The ${name} part: ${reason()}.\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n// ${does}${capital(name)}${n} looks at the ${how} ${what}s: ${reason()}.\nfunc ${does}${capital(name)}${n}(${what}s []int, ${how}Limit int) int {\n\t// ${capital(reason())}, so nothing is dropped here.\n\t${how}Total := ${number()}\n\tfor _, ${what} := range ${what}s {\n\t\t// ${reason()}\n\t\tif ${what}*${number()} > ${how}Limit {\n\t\t\t${how}Total += ${what} % ${number()} // ${quality()} ${noun()} wins\n\t\t}\n\t}\n\treturn ${how}Total\n}\n`;
  }
  const calls = [...text.matchAll(/func (\w+)\(/g)].map(([, called]) => `\tprintln(${called}([]int{${number()}, ${number()}}, ${number()}))\n`);
  return `${text}\nfunc ${name}() {\n${calls.join('')}}\n`;
}

function assembly(name, roll) {
  const { noun, verb, quality, reason, number } = words(roll);
  let text = `// The ${name} part: ${reason()}.\n`;
  for (let n = 0; n < 4; n++) {
    const [does, what, how] = [verb(), noun(), quality()];
    text += `\n/** ${capital(does)}s the ${how} ${what}s: ${reason()}. */\nexport function ${name}_${does}_${how}_${n}(${what}s: i32, ${how}Limit: f64): f64 {\n  // ${capital(reason())}, so nothing is dropped here.\n  let ${how}Total: f64 = ${number()}.0;\n  for (let ${what}: i32 = 0; ${what} < ${what}s; ${what}++) {\n    // ${reason()}\n    if (f64(${what} * ${number()}) > ${how}Limit) ${how}Total += f64(${what} % ${number()}); // ${quality()} ${noun()} wins\n  }\n  return ${how}Total;\n}\n`;
  }
  return text;
}

function write(folder, files) {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
}

const MANIFEST = (name) => JSON.stringify({ name, version: '1.0.0', license: 'UNLICENSED', files: ['dist'] }, null, 2);

/** Writes all projects below a folder; returns their names. */
export function writeProjects(folder, seed) {
  const roll = dice(seed);
  const names = (count) => [...NOUNS].sort(() => roll(3) - 1).slice(0, count);
  const each = (all, ending, make) => Object.fromEntries(all.map((name) => [`src/${name}${ending}`, make(name, roll)]));
  const ts = names(8);
  write(path.join(folder, 'library'), {
    'package.json': MANIFEST('library'),
    'src/clock.ts': '/** Tells the time. */\nexport interface Clock {\n  now(): number;\n}\n',
    'src/index.ts': ts.map((name) => `export * as ${name} from './${name}';\n`).join(''),
    'tsconfig.json': JSON.stringify({ compilerOptions: { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', strict: true, declaration: true, rootDir: 'src', outDir: 'dist', types: [] }, include: ['src'] }),
    ...each(ts, '.ts', typescript),
  });
  const views = names(6);
  write(path.join(folder, 'app'), {
    'package.json': MANIFEST('app'),
    'index.html': '<!doctype html><div id="app"></div><script type="module" src="/src/main.ts"></script>\n',
    'src/main.ts': `import { createApp, h } from 'vue';\n${views.map((name) => `import ${capital(name)} from './${capital(name)}.vue';\n`).join('')}// The views stand one below the other until the router comes.\nconst views: unknown[] = [${views.map(capital).join(', ')}];\ncreateApp({ render: () => (views as never[]).map((view) => h(view)) }).mount('#app');\n`,
    ...Object.fromEntries(views.map((name) => [`src/${capital(name)}.vue`, vue(name, roll)])),
  });
  const workers = names(6);
  write(path.join(folder, 'worker'), {
    'package.json': MANIFEST('worker'),
    'src/index.js': workers.map((name) => `exports.${name} = require('./${name}.js');\n`).join(''),
    ...each(workers, '.js', javascript),
  });
  const modules = names(5);
  write(path.join(folder, 'python'), {
    'pyproject.toml': '[project]\nname = "python"\nversion = "1.0.0"\n',
    ...Object.fromEntries(modules.map((name) => [`acme/${name}.pyx`, python(name, roll)])),
    ...Object.fromEntries(names(3).map((name) => [`acme/plain_${name}.py`, python(name, roll)])),
  });
  const crates = names(5);
  write(path.join(folder, 'rust'), {
    'Cargo.toml': '[package]\nname = "rust"\nversion = "1.0.0"\nedition = "2021"\npublish = false\n[lib]\ncrate-type = ["cdylib", "rlib"]\n[workspace]\n',
    'src/lib.rs': crates.map((name) => `pub mod ${name}_part;\n`).join(''),
    ...each(crates.map((name) => `${name}_part`), '.rs', rust),
  });
  const classes = names(5);
  write(path.join(folder, 'java'), {
    'pom.xml': '<project><artifactId>java</artifactId></project>\n',
    ...Object.fromEntries(classes.map((name) => [`src/acme/${capital(name)}.java`, java(name, roll)])),
  });
  write(path.join(folder, 'csharp'), {
    'Acme.csproj': '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>\n',
    ...Object.fromEntries(names(5).map((name) => [`src/${capital(name)}.cs`, csharp(name, roll)])),
  });
  const parts = names(4);
  write(path.join(folder, 'go'), {
    'go.mod': 'module acme.test/parts\n\ngo 1.19\n',
    'main.go': `package main\n\nfunc main() {\n${parts.map((name) => `\t${name}()\n`).join('')}}\n`,
    ...Object.fromEntries(parts.map((name) => [`${name}.go`, go(name, roll)])),
  });
  const sheets = names(4);
  write(path.join(folder, 'wasm'), {
    'package.json': MANIFEST('wasm'),
    'src/index.ts': sheets.map((name) => `export * from './${name}';\n`).join(''),
    ...each(sheets, '.ts', assembly),
  });
  return ['library', 'app', 'worker', 'python', 'rust', 'java', 'csharp', 'go', 'wasm'];
}
