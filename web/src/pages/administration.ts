/** The pages of administration, which are loaded together when the first of them is opened. */
export { KeyListPage } from "./keys/key-list-page";
export { MemberListPage } from "./members/member-list-page";
export { OrganizationPage } from "./organization/organization-page";
export { ProjectListPage } from "./projects/project-list-page";
export { ProjectPage } from "./projects/project-page";
export { SupportPage } from "./support/support-page";
export { TeamListPage } from "./teams/team-list-page";
