use super::table::TABLE;
use crate::inspect::secret::plausible::is_opaque;
use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
use crate::inspect::secret::tests::instance;
use crate::inspect::{Scanner, inspect};
use crate::inventory::{Entry, Media};

/// The lines in which a file of this name holds credentials.
fn lines(path: &str, text: &str, rule: &str) -> Vec<u64> {
    let mut entry = Entry { path: path.to_owned(), media: Media::Text, ..Entry::default() };
    inspect(text.as_bytes(), Scanner::plain(), &mut entry);
    let own = entry.secrets.iter().filter(|secret| secret.rule.starts_with(rule));
    own.filter_map(|secret| secret.at.line).collect()
}

#[test]
fn every_example_is_found_under_each_of_its_names() {
    for file in TABLE {
        for pattern in file.paths {
            for seed in 1..4 {
                let path = format!("package/dist/{}", pattern.replace('*', "prod"));
                let text = Dice::new(seed).make(file.example);
                assert!(!lines(&path, &text, "secret-").is_empty(), "{path}: {text}");
            }
        }
    }
}

#[test]
fn no_near_miss_is_found() {
    for file in TABLE {
        for pattern in file.paths {
            for near in file.near {
                for seed in 1..4 {
                    let path = format!("package/dist/{}", pattern.replace('*', "prod"));
                    let text = Dice::new(seed).make(near);
                    assert_eq!(lines(&path, &text, "secret-settings-file"), [0; 0], "{path}: {text}");
                }
            }
        }
    }
}

#[test]
fn json_is_read_as_its_programs_read_it() {
    for (text, expected) in [
        (r#"{"db": {"password": "P@ss\u0026word7Xq\/"}}"#, vec![1]),
        ("\u{feff}{\n  // why\n  \"dbPassword\": \"hV7#kk29Lm\", /* } */\n}\n", vec![3]),
        (r#"{"value": "hV7#kk29Lm", "key": "password"}"#, vec![1]),
        (r#"{"passwords": ["hV7#kk29Lm"]}"#, vec![]),
        (r#"{"password": ["hV7#kk29Lm"]}"#, vec![1]),
        (r#"{"output_token": ["NextUploadIdMarker"]}"#, vec![]),
        (r#"{"stringData": {"a": "hV7#kk29Lm"}, "kind": "Secret", "apiVersion": "v1"}"#, vec![1]),
        (r#"{"password": {"a": {{ b }}}, "password": "hV7#kk29Lm"}"#, vec![1]),
    ] {
        assert_eq!(lines("package/lib/anything.json", text, "secret-settings-file"), expected, "{text}");
    }
}

#[test]
fn the_token_of_a_chain_is_a_currency_and_its_value_an_address() {
    let seed = fresh_seed();
    let all = |text: &str| {
        let text = instance(&mut Dice::new(seed), text);
        lines("package/registry/manual.json", &text, "secret-settings-file")
    };
    let text = |value: &str| format!("{{\"chain\": 1,\n\"wrappedNativeToken\": \"{value}\"}}");
    assert_eq!(all(&text("0x{hex:40}")), [0; 0]);
    assert_eq!(all(&text("{hex:40}")), [2]);
    assert_eq!(all(&text("0x{hex:64}")), [2]);
    assert_eq!(all(&text("0x{base62:40}")), [2]);
}

#[test]
fn an_element_with_a_value_and_a_text_is_a_row_of_a_table() {
    let seed = fresh_seed();
    let all = |text: &str| {
        let text = instance(&mut Dice::new(seed), &text.replace('@', "{base62:40}"));
        lines("package/lib/acids.xml", &text, "secret-settings-file")
    };
    assert_eq!(
        all("<a>\n<token value=\"@\" order=\"1\">leuc</token>\n<token value=\"leuc\">@</token></a>"),
        [0; 0]
    );
    assert_eq!(all("<a>\n<token value=\"@\" order=\"1\">\n</token>\n<token>@</token></a>"), [2, 4]);
}

#[test]
fn the_environment_of_a_build_is_told_with_each_credential_in_it() {
    let rules = |text: &str| {
        let mut entry =
            Entry { path: "package/dist/a.js".to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        entry.secrets.iter().map(|secret| secret.rule).collect::<Vec<_>>()
    };
    let mut dice = Dice::new(fresh_seed());
    let whole = r#"var e={"SHELL":"/bin/bash","PATH":"/usr/bin:/bin","HOME":"/home/runner","npm_lifecycle_event":"build","DB_PASSWORD":"{base62:24}","JWT_SECRET":"{base62:40}"}"#;
    let vite = "e={BASE_URL:`/`,DEV:!1,MODE:`production`,PROD:!0,SSR:!1,VITE_API_SECRET:`{base62:40}`}";
    let spaced = "var e = {\n\tSHELL: \"/bin/sh\",\n\tPATH: \"/usr/bin\",\n\tHOME: \"/root\",\n\tPWD: \"/root/app\",\n\tN: 3\n};";
    for (text, expected) in [
        (whole, &["secret-environment-dump", "secret-environment", "secret-environment"][..]),
        (vite, &["secret-environment"]),
        (spaced, &["secret-environment-dump"]),
        ("e={BASE_URL:`/`,DEV:!1,MODE:`production`,PROD:!0,SSR:!1,VITE_TITLE:`{base62:40}`}", &[]),
        (
            "let n={NODE_ENV:\"production\",PUBLIC_URL:\"\",WDS_SOCKET_HOST:void 0,REACT_APP_API_SECRET:\"{base62:40}\"};",
            &["secret-environment"],
        ),
        (
            "let n={NODE_ENV:\"production\",NEXT_PUBLIC_DB_PASSWORD:\"{base62:20}\",NEXT_PUBLIC_API_KEY:\"{base62:40}\"};",
            &["secret-environment"],
        ),
        (
            "const environment = { production: true, api: { url: \"/\" }, apiSecret: \"{base62:40}\" };",
            &["secret-environment"],
        ),
        ("window.__ENV = {\"API_URL\": \"/\", \"API_SECRET\": \"{base62:40}\"};", &["secret-environment"]),
        (
            "const _inlineRuntimeConfig = {\n  \"app\": {\n    \"baseURL\": \"/\"\n  },\n  \"apiSecret\": \"{base62:40}\",\n  \"public\": {}\n};",
            &["secret-environment"],
        ),
        (
            "SHELL=/bin/bash\nPATH=/usr/bin:/bin\nHOME=/root\nPWD=/root/app\nSHLVL=1\nAPI_SECRET={base62:40}\n",
            &["secret-environment-dump", "secret-environment"],
        ),
        // names that a program looks for
        (r#"e={"PATH":true,"HOME":true,"PWD":true,"SHELL":true,"USER":true,"LANG":true}"#, &[]),
        // a crontab
        ("SHELL=/bin/sh\nPATH=/usr/bin:/bin\nHOME=/\nMAILTO=root\n", &[]),
        ("if (process.env.NODE_ENV === \"production\") { x = {NODE_ENV: e, token: \"{base62:40}\"} }", &[]),
        // what a program gives to another
        (r#"spawn(a, {env: {"PATH":"/usr/bin","HOME":"/tmp"}})"#, &[]),
        (r#"e={"PATH":"/usr/bin","HOME":f(),"PWD":"/","SHELL":"/bin/sh","USER":"a"}"#, &[]),
    ] {
        let text = instance(&mut dice, text);
        assert_eq!(rules(&text), expected, "{text}");
    }
}

#[test]
fn lines_are_read_as_their_programs_read_them() {
    for (path, text, expected) in [
        ("etc/squid.conf", "http_port 3128\ncachemgr_passwd hV7#kk29Lm all\n", vec![2]),
        ("etc/squid.conf", "cache_peer a parent 80 0 login=svc:hV7#kk29Lm default\n", vec![1]),
        ("etc/ldap.conf", "binddn cn=svc,dc=acme\nbindpw hV7#kk29Lm\n", vec![2]),
        ("Makefile", "export SMTP_PASSWORD := hV7#kk29Lm\nDB_PASSWORD ?= hV7#kk29Lx\n", vec![1, 2]),
        ("Makefile", "x11-askpass7: x11-askpass7.c\n\tcc -o $@ x11-askpass7.c\n", vec![]),
        ("Makefile", "x11-askpass7: hV7#kk29Lm.c\n", vec![1]),
        ("Makefile", "SMTP_PASSWORD := $(shell pass smtp7)\nX_PASSWORD ?= $(PASSWORD7)\n", vec![]),
        (".curlrc", "user = \"svc:hV7#kk29Lm\"\n", vec![1]),
        ("app.conf", "user = 1000:1000\nlogin: auth:form\n", vec![]),
        ("rel/sys.config", "[{acme, [{db, [{password, \"hV7#kk29Lm\"}]}]}].\n", vec![1]),
        ("rel/sys.config", "[{rabbit, [{default_pass,\n  <<\"hV7#kk29Lm\">>}]}].\n", vec![2]),
        ("rel/sys.config", "[{acme, [{password, {env, \"DB_PASSWORD7\"}}]}].\n", vec![]),
        ("config/database.yml", "a: &a\n  password: &pw \"hV7#kk29Lm\"\n", vec![2]),
        ("config/database.yml", "a:\n  password: *pw\n  other_password: &pw7 ${PW}\n", vec![]),
        ("deploy/user-data", "#cloud-config\nchpasswd:\n  list: |\n    root:hV7#kk29Lm\n", vec![4]),
        ("deploy/image.sh", "echo 'root:hV7#kk29Lm' | chpasswd\n", vec![1]),
        (
            ".github/workflows/a.yml",
            "#   curl -X DELETE \\\n#     \"https://api.acme.com/caches?key=libpq-manylinux-ppc64le-17.2-3.4.0\"\n",
            vec![],
        ),
        (
            ".github/workflows/a.yml",
            "      - run: curl \"https://api.acme.com/v1?key=q7Rk2Vx9Lm4Tz8Wd3Np6\"\n",
            vec![1],
        ),
        ("Dockerfile", "RUN useradd net_ssh_1 \\\n  && echo net_ssh_1:foopwd | chpasswd\n", vec![]),
        ("a/#config.ini#", "user = svc\npassword = hV7#kk29Lm\n", vec![2]),
        ("a/#1234#", "user = svc\npassword = hV7#kk29Lm\n", vec![]),
        ("ConsoleHost_history.txt", "cd src\nnet use Z: \\\\fs\\x hV7#kk29Lm\n", vec![2]),
        ("putty.reg", "[HKEY_CURRENT_USER\\Software\\A]\n\"ProxyPassword\"=\"hV7#kk29Lm\"\n", vec![2]),
        ("logs/access.log", "\"GET /a?access_token=hV7Qkk29LmPx40sWq8Tz HTTP/1.1\" 200\n", vec![1]),
        (".bash_history", "mysql -h db.acme.io -u root -phV7#kk29Lm acme\n", vec![1]),
        ("asterisk/sip.conf", "register => 4930123456:hV7#kk29Lm@sip.acme.io/4930123456\n", vec![1]),
        ("sam.toml", "overrides = \"User=\\\"svc\\\" DbPassword=\\\"hV7#kk29Lm\\\"\"\n", vec![1]),
        ("etc/snmp/snmpd.conf", "createUser ops SHA \"hV7#kk29Lm\" AES hV7#kk29Lx\n", vec![1, 1]),
        ("etc/sssd/sssd.conf", "ldap_default_authtok = hV7#kk29Lm\n", vec![1]),
        ("redis/users.acl", "user default off\nuser jobs on >hV7#kk29Lm ~jobs:* +@all\n", vec![2]),
        (".cassandra/cqlshrc", "[authentication]\npassword = hV7#kk29Lm\n", vec![2]),
        (".pause", "user ACME\npassword hV7#kk29Lm\n", vec![2]),
        ("README", "password = hV7#kk29Lm\n", vec![]),
        ("SIGNED_UPDATES", "password = hV7#kk29Lm\n", vec![]),
        ("bin/start", "#!/usr/bin/env python3\npassword = hV7#kk29Lm\n", vec![]),
        (
            "conf/tomee.xml",
            "<tomee><Resource id=\"a\">\nUserName ops\nPassword hV7#kk29Lm\n</Resource></tomee>\n",
            vec![3],
        ),
        (
            "plugin.xml",
            "<a><description>Each in a row, as in\ntoken=hV7akk29Lm,token2=b\nThere is no other way.</description></a>\n",
            vec![],
        ),
        ("a.dist-info/METADATA", "Name: a\n\n    password = hV7#kk29Lm\n", vec![]),
        ("client.ovpn", "remote a 1194\n<auth-user-pass>\nops\nhV7#kk29Lm\n</auth-user-pass>\n", vec![4]),
        ("rabbitmq/.erlang.cookie", "QYHWNVBKTXRPLMZCSDGF\n", vec![1]),
        (".condarc", "channels:\n  - https://conda.acme.io/t/hV7akk29LmQ2rT8w/main\n", vec![2]),
        (".bundle/config", "---\nBUNDLE_GEMS__ACME-PROD__NET: \"ci:hV7#kk29Lm\"\n", vec![2]),
        ("haproxy.cfg", "stats auth ops:hV7#kk29Lm\n", vec![1]),
        ("ceph/a.keyring", "[client.admin]\n\tkey = AQhV7akk29LmQ2rT8wzY4bN6cD1fG3hJ5kLpQ0s==\n", vec![2]),
        ("monitrc", "    allow ops:hV7#kk29Lm\n", vec![1]),
        ("couchdb/local.ini", "[admins]\nroot = hV7#kk29Lm\n", vec![2]),
        ("core.confg", "enable secret 0 hV7#kk29Lm\nusername a password 0 hV7#kk29Lm\n", vec![1, 2]),
        ("a.rsc", "add name=ops password=hV7#kk29Lm profile=vpn\n", vec![1]),
        (
            "src/secrets.h",
            "#define WIFI_PASS \"hV7#kk29Lm\"\n#define WIFI_PASS \"your-password1\"\n",
            vec![1],
        ),
        ("etc/default/acme", "PORT=3000\nREDIS_PASSWORD=hV7#kk29Lm\n", vec![2]),
        ("nagios/resource.cfg", "$USER1$=/usr/lib/nagios/plugins2\n$USER3$=hV7#kk29Lm\n", vec![2]),
        ("tac_plus.conf", "accounting file = /var/log/a7\nkey = \"hV7#kk29Lm\"\n", vec![2]),
        ("tac_plus.conf", "user = a {\n  login = cleartext hV7#kk29Lm\n}\n", vec![2]),
        (
            "site.yml",
            "- users: [{name: a, password: hV7#kk29Lm}, {name: b, password: 'hV7#kk29Lx'}]\n",
            vec![1, 1],
        ),
        ("config/production.yml", "db: { user: svc, password: hV7#kk29Lm }\n", vec![1]),
        ("config/database.yml", "password: <%= ENV['PW'] || 'hV7#kk29Lm' %>\n", vec![1]),
        ("config/database.yml", "password: <%= ENV.fetch('DB_PASSWORD') { 'hV7#kk29Lm' } %>\n", vec![1]),
        ("config/database.yml", "password: <%= ENV.fetch('DB_PASSWORD7') %>\n", vec![]),
        (
            "mail.properties",
            "mail.host=a,\\\n  b\nmail.password=\\\r\n    hV7#kk29Lm\r\nmail.port=1\n",
            vec![3],
        ),
        ("mail.properties", "mail.password=hV7#\\\n    kk29Lm\n", vec![1]),
        ("mail.properties", "mail.password=\\\n    ${MAIL_PASSWORD7}\nmail.port=1\n", vec![]),
        ("prod.tfvars", "db_password = <<EOT\nhV7#kk29Lm\nEOT\n", vec![2]),
        ("app.toml", "[db]\npassword = \"\"\"\nhV7#kk29Lm\"\"\"\n", vec![3]),
        ("app.toml", "[db]\npassword = '''\n  hV7#kk29Lm\n  '''\n", vec![3]),
        ("prod.auto.tfvars.txt", "db_password = \"hV7#kk29Lm\"\n", vec![1]),
        (
            "config/production.mjs",
            "export default { password: `hV7#kk29Lm`, secret: `${x}hV7#kk29Lm` };\n",
            vec![1],
        ),
        ("a.http", "POST https://a.io/\n\n{\"user\": \"a\", \"password\": \"hV7#kk29Lm\"}\n", vec![3]),
        ("db/a.sql", "ALTER USER a WITH ENCRYPTED PASSWORD 'hV7#kk29Lm';\n", vec![1]),
        ("db/a.sql", "CREATE LOGIN a WITH PASSWORD = N'hV7#kk29Lm';\n", vec![1]),
        ("docker-compose.yml", "a:\n  command: redis-server --requirepass hV7#kk29Lm\n", vec![2]),
        ("docker-compose.yml", "a:\n  environment:\n    - SA_PASSWORD=YourStrong!Passw0rd\n", vec![]),
        ("zuul.yaml", "auth:\n  password: !encrypted/pkcs1-oaep\n    - hV7kk29Lm4Qx8Rt2Wz\n", vec![]),
        ("Dockerfile", "ENV GPG_KEYS 9F2C4B7A1D3E5F60718293A4B5C6D7E8F9012345\n", vec![]),
        ("Dockerfile", "ENV GPG_KEY=9F2C4B7A1D3E5F60718293A4B5C6D7E8F9012345 A=1\n", vec![]),
        ("Dockerfile", "ENV YARN_GPG_KEY 9F2C4B7A1D3E5F60718293A4B5C6D7E8F9012345\n", vec![]),
        (
            "uwsgi.ini",
            "[uwsgi]\nenv = SECRET_KEY=hV7akk29LmQ2rT8wzY4b\nenv = A=hV7akk29LmQ2rT8wzY4b\n",
            vec![2],
        ),
        ("micronaut.toml", "[db]\npassword = \"\"\"hV7#kk29Lm\"\"\"\nurl = '''x'''\n", vec![2]),
        ("micronaut.toml", "[db]\npassword = \"\"\"${DB_PASSWORD7}\"\"\"\nx = \"\"\"\n", vec![]),
        (".comet.config", "[comet]\napi_key=hV7akk29LmQ2rT8wzY4bN\n", vec![2]),
        ("application.yml", "jwt:\n  secret: ${JWT_SECRET:hV7akk29LmQ2rT8wzY4bN6cD}\n", vec![2]),
        ("application.properties", "jwt.secret=${JWT_SECRET:-hV7akk29LmQ2rT8wzY4bN6cD}\n", vec![1]),
        ("application.yml", "jwt:\n  secret: ${JWT_SECRET:a-secret-for-the-first-try-1}\n", vec![]),
        ("application.yml", "jwt:\n  name: ${JWT_NAME:hV7akk29LmQ2rT8wzY4bN6cD}\n", vec![]),
        ("application.yml", "jwt:\n  secret: ${JWT_SECRET:${OTHER:hV7akk29LmQ2rT8wzY4bN6cD}}\n", vec![]),
        ("docker-compose.yml", "a:\n  command: run --db-password hV7#kk29Lm\n", vec![2]),
        (
            "Properties/launchSettings.json",
            "{\"profiles\": {\"a\": {\n\"commandLineArgs\": \"--port 80 --db-password hV7#kk29Lm\"}}}\n",
            vec![2],
        ),
        (
            "all.yml",
            "kind: List\napiVersion: v1\nitems:\n- kind: ConfigMap\n  data:\n    a: aFY3I2trMjlMbQ==\n- kind: Secret\n  data:\n    a: aFY3I2trMjlMbQ==\n",
            vec![9],
        ),
        ("secret.yaml", "kind: Secret\ndata:\n  password: Y2hhbmdlbWU=\n", vec![]),
        ("lib/keys.conf", "key = \"hV7#kk29Lm\"\n", vec![]),
    ] {
        assert_eq!(
            lines(&format!("package/{path}"), text, "secret-settings-file"),
            expected,
            "{path}: {text}"
        );
    }
}

#[test]
fn passwords_of_any_form_are_found_in_any_format() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        for recipe in [
            "{uuid}",
            "velvet falcon meadow lantern",
            "{base62:5}7\u{fc}{base62:6}",
            // before digits it would be an octal escape of a string within the string
            "{base62:5}\\k7{base62:6}",
            "{base62:5}\"7{base62:6}",
        ] {
            let password = instance(&mut dice, recipe);
            let quoted = serde_json::to_string(&password).unwrap();
            for (path, text) in [
                ("config/production.json", format!("{{\"db\": {{\"password\": {quoted}}}}}\n")),
                ("config/database.yml", format!("a: {{ password: {quoted} }}\n")),
                ("config/database.yml", format!("a:\n  password: {quoted}\n")),
                ("prod.tfvars", format!("db_password = {quoted}\n")),
                ("settings.py", format!("DB_PASSWORD = {quoted}\n")),
                (".env", format!("DB_PASSWORD={quoted}\n")),
            ] {
                let found = lines(&format!("package/{path}"), &text, "secret-settings-file");
                assert_eq!(found.len(), 1, "{path}: {text}");
            }
        }
    }
    for text in [
        "password: \"use at least eight letters\"",
        "password: \"00000000-0000-0000-0000-000000000000\"",
        "password: \"/^[a-z\\\\d]{8,}$/\"",
        "password: \"\u{5bc6}\u{7801}\u{9700}\u{8981}8\u{4f4d}\"",
    ] {
        assert_eq!(lines("package/config/database.yml", text, "secret-settings-file"), [0; 0], "{text}");
    }
}

#[test]
fn each_of_a_list_is_one() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let (one, two) = (instance(&mut dice, "{base62:12}7{base62:11}"), instance(&mut dice, "{hex:40}"));
        for (path, text, expected) in [
            (".env", "API_TOKENS=@,$\n", vec![1, 1]),
            (".env", "COOKIE_KEYS='@, $'\n", vec![1, 1]),
            ("settings.toml", "api_tokens = [\"@\", \"$\"]\n", vec![1, 1]),
            ("settings.py", "API_TOKENS = ['@',\n  '$',\n]\n", vec![1, 2]),
            ("settings.py", "SECRET_KEYS = ('@', '$')\n", vec![1, 1]),
            ("config/production.js", "x = { cookieKeys: [\"@\", '$'] }\n", vec![1, 1]),
            ("config/production.json", "{\"cookieKeys\": [\"@\",\n\"$\"]}\n", vec![1, 2]),
            ("config/production.yml", "app:\n  cookie_keys:\n    - @\n    - '$'\n", vec![3, 4]),
            ("config/production.yml", "app:\n  api_tokens:\n  - @\n", vec![3]),
            ("config/production.yml", "api_tokens: [@, \"$\"]\n", vec![1, 1]),
            ("application.properties", "app.api-keys=@,$\n", vec![1, 1]),
            ("config/production.yml", "public_keys: [@, \"$\"]\n", vec![]),
            ("config/production.yml", "names:\n  - @\n", vec![]),
            ("settings.py", "# API_TOKENS = ['@', '$']\n", vec![]),
            (
                "app.py",
                "OMITTED_KEYS = (\n'pricePoints',\n'in_app_purchases',\n'betaTestersV2',\n)\n",
                vec![],
            ),
            ("config/production.json", "{\"keys\": [\"appInfo\", \"appClips\", \"appClipV2\"]}\n", vec![]),
            (
                "abi/Token.json",
                "{\"methodIdentifiers\":{\"rewardToken()\":\"f7c618c1\",\"TOKEN()\":\"31f7d964\"}}\n",
                vec![],
            ),
            ("settings.py", "API_TOKENS = [token('@'), 'token-of-two']\n", vec![]),
            ("config/production.json", "{\"passwords\": [\"@\"]}\n", vec![]),
        ] {
            let text = text.replace('@', &one).replace('$', &two);
            let found = lines(&format!("package/{path}"), &text, "secret-settings-file");
            assert_eq!(found, expected, "{path}: {text}");
        }
    }
}

#[test]
fn passwords_of_mounts_and_archives() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        // Where the place says little, no word of letters alone counts.
        let password = instance(&mut dice, "{base62:8}7x9{base62:8}");
        for (path, text) in [
            ("etc/fstab", format!("//nas/x /mnt cifs username=svc,password={password},uid=1 0 0\n")),
            ("etc/fstab", format!("//nas/x /mnt cifs password={password} 0 0\n")),
            ("tools/pack.sh", format!("zip -P {password} a.zip b\n")),
            ("tools/pack.sh", format!("unzip -o -P '{password}' a.zip\n")),
            ("tools/pack.sh", format!("7z x -p{password} a.7z\n")),
        ] {
            assert_eq!(lines(&format!("package/{path}"), &text, "secret-settings-file"), [1], "{text}");
        }
        let comment = format!("//password={password}\n// password={password}\n");
        assert_eq!(lines("package/etc/fstab", &comment, "secret-settings-file"), [0; 0]);
    }
}

#[test]
fn what_a_secret_of_kubernetes_holds_may_be_a_file_of_settings() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let password = instance(&mut dice, "{base62:8}7{base62:5}");
        for (file, expected) in [
            ("db:\n  user: svc\n  password: @\n", vec![4]),
            ("db.user=svc\ndb.password=@\n", vec![4]),
            ("db:\n  user: svc\n  password: ${PASSWORD}\n", vec![]),
            ("Hello\n  password: @\n", vec![]),
        ] {
            let inner = dice.make(&format!("{{b64of:{}}}", file.replace('@', &password)));
            let text = format!("apiVersion: v1\nkind: Secret\ndata:\n  settings: {inner}\n");
            // the base64 is one, and what it stands for
            let mut found = lines("package/k8s/app.yml", &text, "secret-settings-file");
            found.dedup();
            assert_eq!(found, expected, "{file}");
        }
    }
}

#[test]
fn a_signature_of_one_request_and_a_digest_are_no_credentials() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let signed = dice.make("{base62:20}/20200815/us-east-1, SignedHeaders=host, Signature={hex:64}");
        let digest = dice.make("{hex:64}");
        for (text, expected) in [
            (
                format!(r#"{{"key": "Authorization", "value": "AWS4-HMAC-SHA256 Credential={signed}"}}"#),
                vec![],
            ),
            (
                format!(r#"{{"key": "Authorization", "value": "AWS4-HMAC-SHA256+Credential=$a,+{signed}"}}"#),
                vec![],
            ),
            (
                format!(r#"{{"key": "Authorization", "value": "TC3-HMAC-SHA256 Credential={signed}"}}"#),
                vec![],
            ),
            (format!(r#"{{"key": "Authorization", "value": "Bearer {digest}"}}"#), vec![1]),
            (dice.make(r#"["password": "AWS4-{base62:24}"]"#).replace('[', "{").replace(']', "}"), vec![1]),
        ] {
            assert_eq!(lines("package/data/a.json", &text, "secret-settings-file"), expected, "{text}");
        }
        for (name, expected) in [("checksum/passwords-secret", vec![]), ("checksum-secret", vec![3])] {
            let text = format!("metadata:\n  annotations:\n    {name}: {digest}\n");
            assert_eq!(lines("package/k8s/app.yml", &text, "secret-settings-file"), expected, "{text}");
        }
    }
}

#[test]
fn lines_have_roles_and_quotes_around_names_and_values() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
        for (path, text, expected) in [
            ("shiro.ini", "[users]\nops = @, admin\nguest = guest, guest\n", vec![2]),
            ("shiro.ini", "[roles]\nops = @, admin\n", vec![]),
            ("a.conf", "[Service]\nEnvironment=A=b \"SESSION_SECRET=@\"\n", vec![2]),
            ("a.conf", "[Service]\nEnvironment=A=b \"SESSION_ID=@\"\n", vec![]),
            ("a.conf", "[Service]\nEnvironment=A=b \"SESSION_SECRET=$SESSION_SECRET\"\n# @\n", vec![]),
            ("a.toml", "near = [\"A=b\", \"SESSION_SECRET=$SESSION_SECRET\"]\n# @\n", vec![]),
        ] {
            let text = text.replace('@', &password);
            assert_eq!(lines(&format!("package/{path}"), &text, "secret-settings-file"), expected, "{text}");
        }
    }
}

#[test]
fn a_secret_may_be_a_uuid_and_a_token_is_a_number_as_often() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let uuid = dice.make("{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}");
        for (text, expected) in [
            ("{\n\"clientSecret\": \"@\"}", vec![2]),
            ("{\n\"password\": \"@\"}", vec![2]),
            ("{\n\"token\": \"@\"}", vec![]),
            ("{\n\"secretId\": \"@\"}", vec![]),
            ("{\n\"secrets\": [1],\n\"token\": \"@\"}", vec![]),
        ] {
            let text = text.replace('@', &uuid);
            assert_eq!(lines("package/data/a.json", &text, "secret-settings-file"), expected, "{text}");
        }
    }
}

#[test]
fn a_whole_file_in_base64_may_be_settings() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
        for (file, expected) in [
            ("{\"db\": {\"user\": \"svc\", \"password\": \"@\"}}", vec![1]),
            ("db.user=svc\ndb.host=db7.acme-prod.net\ndb.password=@\n", vec![1]),
            ("<configuration><add key=\"DbPassword\" value=\"@\"/></configuration>", vec![1]),
            ("{\"db\": {\"user\": \"svc\", \"password\": \"Kennwort\"}, \"a\": \"@\"}", vec![]),
            ("Set the user\npassword=@\n and go on as before", vec![]),
        ] {
            let inner = dice.make(&format!("{{b64of:{}}}", file.replace('@', &password)));
            let text = format!("const config = decode(\"{inner}\");\n");
            assert_eq!(lines("package/a.js", &text, "secret-settings-file"), expected, "{file}");
        }
    }
}

#[test]
fn passwords_that_terraform_made_up_are_told_from_other_texts() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        let password = instance(&mut dice, "{base62:8}7{base62:5}");
        for (fields, expected) in [
            ("\"bcrypt_hash\": \"$2a\", \"id\": \"none\", \"result\": \"@\"", vec![1]),
            ("\"id\": \"none\", \"length\": 14, \"result\": \"@\"", vec![1]),
            ("\"id\": \"@\", \"length\": 14, \"result\": \"@\"", vec![]),
        ] {
            let fields = fields.replace('@', &password);
            let text =
                format!("{{\"resources\": [{{\"instances\": [{{\"attributes\": {{{fields}}}}}]}}]}}\n");
            assert_eq!(
                lines("package/terraform.tfstate", &text, "secret-settings-file"),
                expected,
                "{fields}"
            );
        }
    }
}

#[test]
fn keys_of_accounts_are_told_from_addresses_and_from_those_of_every_test() {
    let mut dice = Dice::new(fresh_seed());
    // that of the first account of Hardhat and Foundry
    let known = ["ac0974bec39a17e36ba4a6b4d238ff94", "4bacb478cbed5efcae784d7bf4f2ff80"].concat();
    for _ in 0..20 {
        let key = instance(&mut dice, "{hex:64}");
        for (path, text, expected) in [
            ("hardhat.config.js", "module.exports = { networks: { a: { accounts: ['0x@'] } } };", vec![1]),
            ("hardhat.config.ts", "const a = {\n  accounts: [\n    \"@\",\n    `0x${K}`] };", vec![3]),
            ("hardhat.config.js", "a = { accounts: [process.env.KEY] };", vec![]),
            ("hardhat.config.js", "a = { accounts: ['0x!'] };", vec![]),
            (".env", "PRIVATE_KEY=0x@\n", vec![1]),
            (".env", "PRIVATE_KEY=0x!\nOWNER_KEY=!\n", vec![]),
        ] {
            let text = text.replace('@', &key).replace('!', &known);
            assert_eq!(lines(&format!("package/{path}"), &text, "secret-settings-file"), expected, "{text}");
        }
        let address = key.get(..40).unwrap_or_default();
        let text = format!("a = {{ accounts: ['0x{address}'] }};");
        assert_eq!(lines("package/hardhat.config.js", &text, "secret-settings-file"), [0; 0], "{text}");
    }
}

#[test]
fn settings_among_the_originals_of_a_map_are_told_by_their_path() {
    let password = instance(&mut Dice::new(fresh_seed()), "{base62:9}7x9{base62:5}");
    for (path, text, expected) in [
        ("webpack:///./config/production.json?a1", "{\n  \"db\": {\"password\": \"@\"}\n}\n", 1),
        ("../.env.production", "A=1\nDB_PASSWORD=@\n", 1),
        ("../src/config/production.ts", "export default {\n  db: { password: '@' },\n};\n", 1),
        ("../src/login.ts", "const a = {\n  password: '@',\n};\n", 0),
        ("../node_modules/a/config/production.ts", "export default { password: '@' };\n", 0),
        ("../tests/config/production.ts", "export default { password: '@' };\n", 0),
    ] {
        let map = serde_json::json!({
            "version": 3, "sources": ["../a.js", path], "names": [], "mappings": "AAAA",
            "sourcesContent": ["a();\n", text.replace('@', &password)],
        });
        let found = lines("package/dist/a.js.map", &map.to_string(), "secret-settings-file");
        assert_eq!(found.len(), expected, "{path}: {text}");
    }
}

#[test]
fn copies_are_read_as_what_they_were_copied_from() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..10 {
        let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
        for (path, text) in [
            ("package/config.php.bak", "<?php\n$db_password = '@';\n"),
            ("package/configuration.php-prod", "<?php\npublic $password = '@';\n"),
            ("package/etc/ipsec.secrets.inc", "%any : PSK \"@\"\n"),
            ("package/conf/realm.properties", "admin: @, admin\n"),
            ("package/users.properties", "ops=@,ROLE_OPS\n"),
            ("package/.mongorc.js", "db.auth('root', '@')\n"),
            ("package/run/smtp-password", "@\n"),
            ("package/.app.yml.swp", "db:\n  user: svc\n  password: @\n"),
            ("package/.pgpass.swo", "db7.acme.io:5432:shop:svc:@\n"),
        ] {
            let text = text.replace('@', &password);
            assert!(!lines(path, &text, "secret-").is_empty(), "{path}: {text}");
        }
        for (path, text) in [
            ("package/example.env.bak", "DB_PASSWORD=@\n"),
            ("package/words.bak", "password = @\n"),
            ("package/conf/realm.properties", "admin: CRYPT:@, admin\n"),
            ("package/conf/realm.properties", "admin: password, admin\n"),
            ("package/users.properties", "title = All the @ users\n"),
        ] {
            let text = text.replace('@', &password);
            assert!(lines(path, &text, "secret-").is_empty(), "{path}: {text}");
        }
    }
}

#[test]
fn keys_of_bytes_are_judged_by_their_digits() {
    let mut dice = Dice::new(fresh_seed());
    for count in [16, 24, 32] {
        let key: String = (0..count).map(|_| "\\x".to_owned() + &dice.make("{hex:2}")).collect();
        let text = format!("SECRET_KEY = b'{key}'\n");
        assert_eq!(lines("package/config.py", &text, "secret-"), [1], "{key}");
        let zeros = "\\x00".repeat(count);
        let text = format!("SECRET_KEY = b'{zeros}'\n");
        assert!(lines("package/config.py", &text, "secret-").is_empty());
    }
    for (name, expected) in [("APPKEY", true), ("secretKey", true), ("DEVEUI", false), ("table", false)] {
        let key: Vec<String> = (0..16).map(|_| "0x".to_owned() + &dice.make("{hex:2}")).collect();
        let text = format!("static const u1_t PROGMEM {name}[16] = {{ {} }};\n", key.join(", "));
        assert_eq!(!lines("package/src/lora_keys.h", &text, "secret-").is_empty(), expected, "{text}");
    }
    let key: String = (0..64).map(|_| "\\x".to_owned() + &dice.make("{hex:2}")).collect();
    let path = "package/config/secrets/prod/prod.decrypt.private.php";
    let text = format!("<?php\n\nreturn \"{key}\";\n");
    assert_eq!(lines(path, &text, "secret-"), [3], "{key}");
}

#[test]
fn lists_of_licences_hold_no_keys() {
    let mut dice = Dice::new(fresh_seed());
    let names = ["3com-microcode", "bsd-new-1.1", "mulanpsl-2.0-en", "BSD-4.3TAHOE", "CC-BY-NC-SA-3.0-US"];
    let one = |name: &str| {
        format!(
            "{{\"license_key\": \"{name}\", \"other_license_keys\": [\"LicenseRef-scancode-{}\"]}}",
            name.to_lowercase()
        )
    };
    let list = format!("[{}]", names.map(one).join(",\n"));
    assert!(lines("package/data/index.json", &list, "secret-").is_empty(), "{list}");
    assert!(lines("package/data/a.json", &one("3com-microcode"), "secret-").is_empty());
    for _ in 0..10 {
        let recipes = ["{hex:32}", "{base62:24}", "{upper36:5}-{upper36:5}-{upper36:5}-{upper36:5}"];
        for key in recipes.map(|recipe| dice.make(recipe)) {
            let text = format!("{{\"license_key\": \"{key}\"}}");
            assert_eq!(lines("package/data/config.json", &text, "secret-"), [1], "{text}");
        }
    }
}

#[test]
fn what_a_shell_takes_by_default_is_a_secret_if_a_machine_drew_it() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..20 {
        // One in some thousands has too few different characters to be told.
        let mut draws = std::iter::repeat_with(|| instance(&mut dice, "{base62:32}"));
        let secret = draws.find(|secret| is_opaque(secret.as_bytes())).unwrap();
        for (text, expected) in [
            ("#!/bin/sh\n: \"${API_SECRET:=@}\"\n", vec![2]),
            ("export DB_PASSWORD=\"${DB_PASSWORD:-@}\"\nls\n", vec![1]),
            ("export DB_PASSWORD=\"${DB_PASSWORD:-changeme-2024}\"\n", vec![]),
            // PostHog's key of a project, which every page that counts visits shows
            ("PH_API_KEY=\"${ACME_API_KEY:-phc_@}\"\n", vec![]),
            ("PH_API_KEY=\"${ACME_API_KEY:-phd_@}\"\n", vec![1]),
            ("DIGEST=\"${IMAGE_DIGEST:-@}\"\n", vec![]),
            ("export DB_PASSWORD=\"${DB_PASSWORD:-$OTHER_PASSWORD}\"\n", vec![]),
        ] {
            let text = text.replace('@', &secret);
            assert_eq!(lines("package/bin/a.sh", &text, "secret-settings-file"), expected, "{text}");
        }
    }
}

#[test]
fn keys_that_wordpress_makes_have_all_signs() {
    let mut dice = Dice::new(fresh_seed());
    let signs: String = (b' '..=b'~').map(char::from).filter(|sign| !"'\\".contains(*sign)).collect();
    for _ in 0..20 {
        let keys = [0; 4].map(|_| dice.characters(&signs, 64));
        let text = keys.iter().map(|key| format!("define( 'AUTH_KEY', '{key}' );\n"));
        let text = "<?php\n".to_owned() + &text.collect::<String>();
        // one may look like something else by chance
        assert!(lines("package/wp-config.php", &text, "secret-").len() >= 2, "{text}");
        for other in [
            "put your unique phrase here",
            "https://id.acme.io/oauth2/v1/Token?scope=Read%20Write&a=1&b=2&lang=en",
            "Key: 16, 24, or 32 bytes (AES-128/192/256); see RFC 3394, or ask!",
        ] {
            let text = format!("<?php\ndefine( 'AUTH_KEY', '{other}' );\n");
            assert!(lines("package/wp-config.php", &text, "secret-").is_empty(), "{other}");
        }
    }
}

#[test]
fn each_language_gives_names_in_its_own_way() {
    let mut dice = Dice::new(fresh_seed());
    for _ in 0..5 {
        let secret = instance(&mut dice, "{base62:9}7x{base62:9}");
        for (path, text) in [
            ("main.bicep", "param adminPassword string = '@'\n"),
            ("main.bicepparam", "param adminPassword = '@'\n"),
            ("config/deploy.rb", "set :user, 'ops'\nset :password, '@'\n"),
            ("config/deploy.rb", "set(:smtp_password) { \"@\" }\n"),
            ("config/schedule.rb", "env :DB_PASSWORD, '@'\n"),
            ("webpack.config.js", "new DefinePlugin({\"process.env.DB_PASSWORD\":JSON.stringify(\"@\")});\n"),
            ("config/prod.secret.exs", "config :acme, Repo,\n  password: ~s(@)\n"),
            ("rel/vars.config", "{db_user, \"svc\"}.\n{db_password, \"@\"}.\n"),
            ("agent.config", "a.b=${B:}\nplugin.kafka.sasl_password=@\n"),
            ("schema-registry.properties", "basic.auth.user.info=svc:@\n"),
            ("Pulumi.yaml", "name: a\nconfig:\n  acme:apiToken:\n    value: @\n"),
            ("paket.local", "nuget https://n.acme-prod.net username: \"svc\" password: \"@\"\n"),
            ("config.hjson", "{\n  # why\n  password: \"@\"\n}\n"),
        ] {
            let text = text.replace('@', &secret);
            assert_eq!(lines(&format!("package/{path}"), &text, "secret-").len(), 1, "{path}: {text}");
        }
        for (path, text) in [
            ("main.bicep", "param adminPassword string\nparam tokenName string = '@'\n"),
            ("config/deploy.rb", "set :password, ENV['@']\nset :password_file, '/run/@'\n"),
            (
                "webpack.config.js",
                "new DefinePlugin({\"process.env.DB_PASSWORD\":JSON.stringify(process.env.@)});\n",
            ),
            ("k8s.yaml", "spec:\n  name: password\n  list:\n    a:\n      value: @\n"),
            ("app.properties", "acme.token=keyring:@\n"),
        ] {
            let text = text.replace('@', &secret);
            assert_eq!(lines(&format!("package/{path}"), &text, "secret-"), [0; 0], "{path}: {text}");
        }
    }
}
