//! Programs that municipalities' sites are made with, and what gives each away: one entry each, with a page in
//! `tests/pages` that it recognises. Sources are the programs' own templates and headers.

use super::clue::Clue::{Address, Attribute, Comment, Cookie, Generator, Header, Text};
use super::clue::{Recogniser, Theme, Version};

/// Programs, those before others that are built on them: where two are as likely, the first is it.
pub const RECOGNISERS: &[Recogniser] = &[
    OPENCITY,
    EZ_PUBLISH,
    WORDPRESS,
    JOOMLA,
    DRUPAL,
    PLONE,
    TYPO3,
    LIFERAY,
    UMBRACO,
    DOTNETNUKE,
    SHAREPOINT,
    MAGENTO,
    PRESTASHOP,
    OPENCMS,
    CONCRETE,
    SILVERSTRIPE,
    MADE_SIMPLE,
    MODX,
    SPIP,
    SITECORE,
    AEM,
    CONTAO,
    DJANGO_CMS,
    WAGTAIL,
    HALLEY,
    MUNICIPIUM,
    WIX,
    MEDIAWIKI,
    DOKUWIKI,
];

/// Themes of the Modello Comuni and of Designers Italia.
pub const THEMES: &[Theme] = &[
    Theme { name: "Design Comuni", clue: Address("/themes/design-comuni-wordpress-theme") },
    Theme { name: "Design Scuole", clue: Address("/themes/design-scuole-wordpress-theme") },
    Theme { name: "Design Italia", clue: Address("/themes/design-italia") },
    Theme { name: "Italiagov", clue: Address("/themes/contrib/italiagov/") },
    Theme { name: "OpenPA Bootstrap Italia", clue: Address("/extension/openpa_bootstrapitalia/") },
    Theme { name: "Bootstrap Italia", clue: Address("bootstrap-italia") },
];

const OPENCITY: Recogniser = Recogniser {
    name: "OpenCity",
    sure: &[
        Address("/extension/openpa"),
        Text("/extension/openpa_bootstrapitalia/design/"),
        Address("/extension/opencity"),
    ],
    likely: &[Cookie("ezsessid"), Header("x-powered-by", "ez publish"), Address("/extension/ocbootstrap/")],
    versions: &[],
};

const EZ_PUBLISH: Recogniser = Recogniser {
    name: "eZ Publish",
    sure: &[Generator("ez publish"), Generator("ez platform"), Header("x-powered-by", "ez publish")],
    likely: &[
        Cookie("ezsessid"),
        Address("/extension/ezwebin/"),
        Address("/design/standard/"),
        Address("/cache/public/"),
    ],
    versions: &[Version::Generator("ez platform")],
};

const WORDPRESS: Recogniser = Recogniser {
    name: "WordPress",
    sure: &[
        Generator("wordpress"),
        Address("/wp-includes/"),
        Address("/wp-content/themes/"),
        Header("link", "rel=\"https://api.w.org/\""),
        Attribute("link", "rel", "https://api.w.org/"),
    ],
    likely: &[
        Address("/wp-content/"),
        Address("/wp-json/"),
        Header("x-pingback", "/xmlrpc.php"),
        Text("/wp-content/plugins/"),
    ],
    versions: &[
        Version::Generator("wordpress"),
        Version::Text("\\/wp-includes\\/js\\/wp-emoji-release.min.js?ver="),
        Version::Query("/wp-includes/css/dist/block-library/", "ver"),
        Version::Query("/wp-includes/js/wp-embed.min.js", "ver"),
        Version::Query("/wp-includes/css/dashicons.min.css", "ver"),
    ],
};

const JOOMLA: Recogniser = Recogniser {
    name: "Joomla",
    sure: &[
        Generator("joomla!"),
        Attribute("script", "class", "joomla-script-options"),
        Address("/media/vendor/joomla-custom-elements/"),
        Address("/media/jui/"),
    ],
    likely: &[
        Address("/media/system/js/"),
        Address("/components/com_"),
        Address("/templates/"),
        Address("/media/templates/site/"),
    ],
    versions: &[
        Version::Generator("joomla! - open source content management - version"),
        Version::Generator("joomla!"),
        // from version 4 on there is no such folder
        Version::Means(Address("/media/jui/"), "3"),
    ],
};

const DRUPAL: Recogniser = Recogniser {
    name: "Drupal",
    sure: &[
        Generator("drupal"),
        Header("x-generator", "drupal"),
        Header("x-drupal-cache", ""),
        Header("x-drupal-dynamic-cache", ""),
        Attribute("script", "data-drupal-selector", "drupal-settings-json"),
        Address("/core/misc/drupal"),
        Address("/sites/all/modules/"),
        Text("jquery.extend(drupal.settings"),
    ],
    likely: &[
        Address("/sites/default/files/"),
        Address("/core/modules/"),
        Address("/modules/contrib/"),
        Address("/misc/drupal.js"),
    ],
    versions: &[
        Version::Query("/core/misc/drupal", "v"),
        Version::Query("/core/modules/", "v"),
        Version::Generator("drupal"),
        Version::Header("x-generator", "drupal"),
        // from version 8 on there are no such folder and no such call
        Version::Means(Address("/sites/all/modules/"), "7"),
        Version::Means(Text("jquery.extend(drupal.settings"), "7"),
    ],
};

const PLONE: Recogniser = Recogniser {
    name: "Plone",
    sure: &[
        Generator("plone"),
        Address("/++plone++"),
        Attribute("body", "class", "template-document_view portaltype-"),
        Cookie("__ac"),
    ],
    likely: &[
        Address("/++resource++"),
        Address("/portal_css/"),
        Address("/portal_javascripts/"),
        Attribute("body", "data-portal-url", ""),
        Attribute("body", "class", "portaltype-"),
        Address("/@@site-logo"),
        Address("/@@images/"),
    ],
    versions: &[Version::Generator("plone")],
};

const TYPO3: Recogniser = Recogniser {
    name: "TYPO3",
    sure: &[
        Generator("typo3"),
        Comment("powered by typo3"),
        Address("/typo3temp/"),
        Address("/typo3conf/"),
        Cookie("fe_typo_user"),
    ],
    likely: &[Address("/fileadmin/"), Address("/_assets/"), Header("x-typo3-parsetime", "")],
    versions: &[Version::Generator("typo3")],
};

const LIFERAY: Recogniser = Recogniser {
    name: "Liferay",
    sure: &[
        Header("liferay-portal", ""),
        Text("liferay.themedisplay"),
        Address("/o/frontend-js-"),
        Address("/html/js/liferay/"),
    ],
    likely: &[
        Cookie("guest_language_id"),
        Cookie("cookie_support"),
        Address("/combo/?browserid="),
        Address("/o/"),
    ],
    versions: &[
        // the Digital Experience Platform counts its versions in another way: 2024.Q1.5
        Version::Header("liferay-portal", "community edition portal"),
        Version::Header("liferay-portal", "portal community edition"),
        Version::Header("liferay-portal", "portal standard edition"),
        Version::Header("liferay-portal", "portal enterprise edition"),
    ],
};

const UMBRACO: Recogniser = Recogniser {
    name: "Umbraco",
    sure: &[
        Generator("umbraco"),
        Header("x-umbraco-version", ""),
        Address("/umbraco/"),
        Address("/umbraco_client/"),
        Cookie("umb_"),
    ],
    likely: &[Address("/app_plugins/"), Address("/dependencyhandler.axd"), Address("/sb/sitecss-bundle")],
    versions: &[Version::Header("x-umbraco-version", ""), Version::Generator("umbraco")],
};

const DOTNETNUKE: Recogniser = Recogniser {
    name: "DotNetNuke",
    sure: &[
        Generator("dotnetnuke"),
        Generator("dnn platform"),
        Cookie(".dotnetnuke"),
        Cookie("dnn_"),
        Comment("dnnsoftware.com"),
        Comment("www.dotnetnuke.com"),
        Address("/portals/_default/"),
    ],
    likely: &[
        Address("/desktopmodules/"),
        Address("/portals/0/"),
        Address("/js/dnn"),
        Address("/resources/shared/scripts/dnn"),
    ],
    versions: &[Version::Generator("dotnetnuke"), Version::Generator("dnn platform")],
};

const SHAREPOINT: Recogniser = Recogniser {
    name: "SharePoint",
    sure: &[
        Generator("microsoft sharepoint"),
        Header("microsoftsharepointteamservices", ""),
        Address("/_layouts/15/"),
    ],
    likely: &[Address("/_layouts/"), Address("/style%20library/"), Header("sprequestguid", "")],
    versions: &[Version::Header("microsoftsharepointteamservices", "")],
};

const MAGENTO: Recogniser = Recogniser {
    name: "Magento",
    sure: &[
        Text("text/x-magento-init"),
        Text("data-mage-init="),
        Text("mage.cookies"),
        Address("/skin/frontend/"),
    ],
    likely: &[Header("x-magento-vary", ""), Address("/static/version"), Cookie("mage-")],
    versions: &[],
};

const PRESTASHOP: Recogniser = Recogniser {
    name: "PrestaShop",
    sure: &[Generator("prestashop"), Cookie("prestashop-"), Header("powered-by", "prestashop")],
    likely: &[Text("var prestashop ="), Address("/modules/ps_")],
    versions: &[Version::Generator("prestashop")],
};

const OPENCMS: Recogniser = Recogniser {
    name: "OpenCms",
    sure: &[
        Header("server", "opencms"),
        Generator("opencms"),
        Address("/system/modules/org.opencms."),
        Address("/export/system/modules/"),
    ],
    likely: &[Address("/opencms/"), Address("/export/sites/"), Address("/.galleries/")],
    versions: &[Version::Header("server", "opencms/")],
};

const CONCRETE: Recogniser = Recogniser {
    name: "Concrete CMS",
    sure: &[
        Generator("concrete5"),
        Generator("concrete cms"),
        Cookie("concrete5"),
        Text("var ccm_dispatcher_filename"),
    ],
    likely: &[Address("/concrete/js/"), Address("/concrete/css/"), Address("/application/files/")],
    versions: &[Version::Generator("concrete5 -"), Version::Generator("concrete cms -")],
};

const SILVERSTRIPE: Recogniser = Recogniser {
    name: "Silverstripe",
    sure: &[Generator("silverstripe"), Address("/_resources/vendor/silverstripe/")],
    likely: &[Address("/_resources/"), Address("/framework/thirdparty/")],
    versions: &[Version::Generator("silverstripe cms"), Version::Generator("silverstripe")],
};

const MADE_SIMPLE: Recogniser = Recogniser {
    name: "CMS Made Simple",
    sure: &[Generator("cms made simple"), Cookie("cmssessid")],
    likely: &[Address("/tmp/cache/stylesheet_"), Address("/uploads/simplex/")],
    versions: &[],
};

const MODX: Recogniser = Recogniser {
    name: "MODX",
    sure: &[Header("x-powered-by", "modx"), Generator("modx")],
    likely: &[Address("/assets/components/"), Address("/assets/snippets/")],
    versions: &[Version::Generator("modx")],
};

const SPIP: Recogniser = Recogniser {
    name: "SPIP",
    sure: &[Generator("spip"), Header("composed-by", "spip"), Header("x-spip-cache", "")],
    likely: &[Address("/plugins-dist/"), Address("/local/cache-")],
    versions: &[Version::Generator("spip"), Version::Header("composed-by", "spip")],
};

const SITECORE: Recogniser = Recogniser {
    name: "Sitecore",
    sure: &[Cookie("sc_analytics_global_cookie"), Address("/~/media/"), Address("/-/media/")],
    likely: &[Address("/sitecore/"), Address("/layouts/system/")],
    versions: &[],
};

const AEM: Recogniser = Recogniser {
    name: "Adobe Experience Manager",
    sure: &[Address("/etc.clientlibs/"), Address("/etc/designs/")],
    likely: &[Address("/content/dam/"), Address("/jcr:content/"), Address("/_jcr_content/")],
    versions: &[],
};

const CONTAO: Recogniser = Recogniser {
    name: "Contao",
    sure: &[Generator("contao"), Comment("contao open source cms")],
    likely: &[Address("/assets/css/layout.min.css"), Address("/system/modules/"), Address("/bundles/contao")],
    versions: &[Version::Generator("contao")],
};

const DJANGO_CMS: Recogniser = Recogniser {
    name: "django CMS",
    sure: &[Address("/static/cms/"), Generator("django cms"), Cookie("django_cms")],
    likely: &[Address("/media/filer_public/"), Text("csrfmiddlewaretoken")],
    versions: &[Version::Query("/static/cms/", "v")],
};

const WAGTAIL: Recogniser = Recogniser {
    name: "Wagtail",
    sure: &[Address("/static/wagtail"), Text("id=\"wagtail-userbar")],
    likely: &[Text("class=\"richtext-image"), Text("csrfmiddlewaretoken"), Address("/media/images/")],
    versions: &[],
};

const HALLEY: Recogniser = Recogniser {
    name: "Halley eGov",
    sure: &[Text("/zf/index.php/"), Text("/hh/index.php")],
    likely: &[Text("halley informatica"), Text("halley.it")],
    versions: &[],
};

const MUNICIPIUM: Recogniser = Recogniser {
    name: "Municipium",
    sure: &[],
    likely: &[Text("municipium-images-production"), Text("municipiumapp"), Generator("municipium")],
    versions: &[],
};

const WIX: Recogniser = Recogniser {
    name: "Wix",
    sure: &[Generator("wix.com"), Header("x-wix-request-id", "")],
    likely: &[Text("static.parastorage.com"), Text("static.wixstatic.com")],
    versions: &[],
};

const MEDIAWIKI: Recogniser = Recogniser {
    name: "MediaWiki",
    sure: &[Generator("mediawiki")],
    likely: &[Address("/load.php?lang="), Address("/resources/assets/poweredby_mediawiki")],
    versions: &[Version::Generator("mediawiki")],
};

const DOKUWIKI: Recogniser = Recogniser {
    name: "DokuWiki",
    sure: &[Generator("dokuwiki"), Cookie("dokuwiki")],
    likely: &[Address("/lib/exe/js.php"), Address("/lib/exe/css.php")],
    versions: &[],
};
