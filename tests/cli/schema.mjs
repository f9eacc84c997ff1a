// Schemas as editors and validators use them: ajv's draft 2020-12 and js-yaml, which read what the program did not.
//   schema.mjs valid SCHEMA FILE...           every file is valid
//   schema.mjs keys SCHEMA...                 each key refuses a value of another type, each enum a stranger
//   schema.mjs broken FOLDER SCHEMA FILE...   every file, broken at one place in each way that the schema knows, is refused;
//                                             what was refused goes to FOLDER, unless that is -
// A -- begins the next SCHEMA and its files.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
const require = createRequire(process.cwd() + '/npm/');
const Ajv = require('ajv/dist/2020.js').default;
const yaml = require('js-yaml');

const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false, strictTuples: false });
ajv.addKeyword('x-unit');
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
// Dates are text, as in every file of ours.
const read = (path) => yaml.load(readFileSync(path, 'utf8'), { schema: yaml.CORE_SCHEMA });
const fail = (...text) => { console.log(...text); process.exitCode = 1; };
// A journal's schema is that of one line.
const documents = (path) => { const all = read(path); return Array.isArray(all) ? all : [all]; };

function valid(schema, ...paths) {
    const check = ajv.compile(json(schema));
    for (const path of paths)
        for (const document of documents(path))
            if (!check(document))
                fail(path, ajv.errorsText(check.errors).slice(0, 600));
}

const inner = (s) => [...Object.values(s.properties ?? {}), ...(s.prefixItems ?? []), ...(s.oneOf ?? []), ...(s.anyOf ?? []),
    ...[s.items, s.additionalProperties].filter((x) => x && typeof x === 'object')];

function keys(...schemas) {
    let count = 0, enums = 0;
    for (const path of schemas) {
        const root = json(path);
        // What is inside of it is a key of its own.
        const shallow = (sub) => (sub.properties ? { type: sub.type } : sub);
        const seen = new Set();
        const walk = (s, where) => {
            for (const [key, sub] of Object.entries(s.properties ?? {})) {
                count++;
                if (seen.has(key + JSON.stringify(sub)))
                    continue;
                seen.add(key + JSON.stringify(sub));
                const check = ajv.compile({ ...(sub.$ref && { $defs: root.$defs }), ...shallow(sub) });
                if (check([[[1]]]) || (!JSON.stringify(sub).includes('"object"') && check({ zzz: [] })))
                    fail(path, where + key, 'takes a value of any type');
                if (sub.enum && (enums++, check('zzz')))
                    fail(path, where + key, 'takes a stranger');
                if (sub['x-unit'] === undefined && /_(us|ms|ns|mm|db|bytes|kbit_s|khz|h)$/.test(key) && !sub.properties && /integer|number/.test(JSON.stringify(sub)))
                    fail(path, where + key, 'has no unit');
                if (!sub.description && !sub.anyOf && !sub.properties && !sub.items && key !== 'crc')
                    fail(path, where + key, 'has no meaning');
            }
            for (const sub of inner(s))
                walk(sub, where + '.');
        };
        walk(root, '');
    }
    console.log(count, 'keys,', enums, 'enums');
}

// Every document that differs from this one at one place, where it is wrong.
function* mutants(schema, value, rebuild, seen, where) {
    const s = (schema.anyOf ?? [schema]).find((x) => ajv.validate(x, value)) ?? schema;
    const once = (kind, wrong) => {
        const name = kind + ' ' + where;
        if (seen.has(name))
            return [];
        seen.add(name);
        return [[name, rebuild(wrong)]];
    };
    yield* once('type', [[[1]]]);
    if (s.enum)
        yield* once('enum', 'zzz');
    if (typeof value === 'number' && s.maximum !== undefined)
        yield* once('maximum', s.maximum * 2 + 1);
    if (typeof value === 'number' && s.minimum !== undefined)
        yield* once('minimum', s.minimum - 1);
    if (Array.isArray(value)) {
        for (const [i, item] of value.entries())
            if (s.items && typeof s.items === 'object')
                yield* mutants(s.items, item, (x) => rebuild(value.with(i, x)), seen, where + '[]');
    } else if (value && typeof value === 'object') {
        if (s.additionalProperties === false)
            yield* once('unknown', { ...value, zzz: 1 });
        for (const key of s.required ?? [])
            yield* once('required ' + key, Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)));
        for (const [key, item] of Object.entries(value)) {
            const sub = s.properties?.[key] ?? s.additionalProperties;
            if (sub && typeof sub === 'object')
                yield* mutants(sub, item, (x) => rebuild({ ...value, [key]: x }), seen, where + '.' + (s.properties?.[key] ? key : '*'));
        }
    }
}

function broken(folder, path, ...files) {
    const schema = json(path), check = ajv.compile(schema), seen = new Set();
    let count = 0;
    for (const file of files)
        for (const [name, mutant] of mutants(schema, read(file), (x) => x, seen, '')) {
            if (check(mutant))
                fail(file, name, 'is taken');
            count++;
            if (folder !== '-' && mutant && typeof mutant === 'object' && !Array.isArray(mutant))
                writeFileSync(`${folder}/${basename(path).split('.')[0]}-${count}.yaml`, JSON.stringify(mutant) + `\n# ${name} of ${file}\n`);
        }
    console.log(count, 'files broken');
}

const [what, ...rest] = process.argv.slice(2);
for (let group = []; rest.length; group = []) {
    while (rest.length && rest[0] !== '--')
        group.push(rest.shift());
    rest.shift();
    ({ valid, keys, broken })[what](...group);
}
