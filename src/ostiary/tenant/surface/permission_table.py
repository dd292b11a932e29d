"""Which application permissions open which operation, from Microsoft's permission map.

Paths are lower-case and leave out `/$ref`. Any one permission of a row is enough; what the map
lacks is in `permissions.py`.
"""

GRANTED_BY: dict[str, str] = {
    "GET /users": (
        "User.ReadBasic.All User.ReadWrite.All Directory.Read.All User.Read.All "
        "Directory.ReadWrite.All"
    ),
    "GET /users/delta": (
        "User.Read.All Directory.Read.All Directory.ReadWrite.All User.ReadWrite.All"
    ),
    "GET /users/{id}": (
        "User.ReadBasic.All User.ReadWrite.All Directory.Read.All User.Read.All "
        "Directory.ReadWrite.All"
    ),
    "POST /users": "User.ReadWrite.All Directory.ReadWrite.All",
    "PATCH /users/{id}": (
        "User.ReadWrite.All User-Mail.ReadWrite.All User-Phone.ReadWrite.All "
        "User.ManageIdentities.All Directory.ReadWrite.All User-PasswordProfile.ReadWrite.All "
        "User.EnableDisableAccount.All"
    ),
    "DELETE /users/{id}": "User.DeleteRestore.All User.ReadWrite.All",
    "GET /users/{id}/manager": (
        "User.Read.All User.ReadWrite.All Directory.Read.All Directory.ReadWrite.All"
    ),
    "PUT /users/{id}/manager": "User.ReadWrite.All Directory.ReadWrite.All",
    "DELETE /users/{id}/manager": "User.ReadWrite.All Directory.ReadWrite.All",
    "POST /users/{id}/assignlicense": (
        "LicenseAssignment.ReadWrite.All Directory.ReadWrite.All User.ReadWrite.All"
    ),
    "POST /users/{id}/reprocesslicenseassignment": "User.ReadWrite.All Directory.ReadWrite.All",
    "GET /users/{id}/licensedetails": (
        "LicenseAssignment.Read.All Directory.Read.All User.Read.All Directory.ReadWrite.All "
        "User.ReadWrite.All"
    ),
    "POST /users/{id}/revokesigninsessions": (
        "User.RevokeSessions.All Directory.ReadWrite.All User.ReadWrite.All"
    ),
    "GET /users/{id}/authentication/methods": (
        "UserAuthenticationMethod.Read.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/phonemethods/{id}": (
        "UserAuthMethod-Phone.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/microsoftauthenticatormethods/{id}": (
        "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/fido2methods/{id}": (
        "UserAuthMethod-Passkey.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/softwareoathmethods/{id}": (
        "UserAuthMethod-SoftwareOATH.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/emailmethods/{id}": (
        "UserAuthMethod-Email.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/temporaryaccesspassmethods/{id}": (
        "UserAuthMethod-TAP.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/windowshelloforbusinessmethods/{id}": (
        "UserAuthMethod-WindowsHello.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "DELETE /users/{id}/authentication/platformcredentialmethods/{id}": (
        "UserAuthMethod-PlatformCred.ReadWrite.All UserAuthenticationMethod.ReadWrite.All"
    ),
    "GET /users/{id}/mailboxsettings": "MailboxSettings.Read MailboxSettings.ReadWrite",
    "GET /users/{id}/approleassignments": "Directory.Read.All AppRoleAssignment.ReadWrite.All",
    "GET /groups": (
        "Group-NestingSupport.ReadWrite.All Group.ReadBasic.All Directory.Read.All Group- "
        "PreferredDataLocation.ReadWrite.All Group.ManageProtection.All Group.Read.All "
        "GroupMember.Read.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "GET /groups/delta": (
        "Group-NestingSupport.ReadWrite.All Group.ReadBasic.All Directory.Read.All "
        "Group.Read.All GroupMember.Read.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "GET /groups/{id}": (
        "Group-NestingSupport.ReadWrite.All Directory.Read.All Group- "
        "PreferredDataLocation.ReadWrite.All Group.ManageProtection.All Group.Read.All "
        "Group.ReadBasic.All GroupMember.Read.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "POST /groups": (
        "Group.Create Group-PreferredDataLocation.ReadWrite.All Directory.ReadWrite.All "
        "Group.ReadWrite.All"
    ),
    "PATCH /groups/{id}": (
        "Group-NestingSupport.ReadWrite.All Group-PreferredDataLocation.ReadWrite.All "
        "Group.ManageProtection.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "DELETE /groups/{id}": "Group.ReadWrite.All",
    "GET /groups/{id}/members": (
        "GroupMember.ReadBasic.All Directory.Read.All Group.Read.All Group.ReadBasic.All "
        "GroupMember.Read.All Group.ReadWrite.All GroupMember.ReadWrite.All"
    ),
    "DELETE /groups/{id}/members/{id}": (
        "GroupMember.ReadWrite.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "GET /groups/{id}/owners": (
        "GroupMember.Read.All Group.ReadWrite.All Directory.Read.All Group.Read.All "
        "GroupMember.ReadWrite.All"
    ),
    "POST /groups/{id}/owners": "Group.ReadWrite.All Directory.ReadWrite.All",
    "DELETE /groups/{id}/owners/{id}": "Group.ReadWrite.All Directory.ReadWrite.All",
    "POST /groups/{id}/assignlicense": (
        "LicenseAssignment.ReadWrite.All Directory.ReadWrite.All Group.ReadWrite.All"
    ),
    "GET /serviceprincipals": (
        "Application.Read.All Application.ReadWrite.OwnedBy Directory.Read.All "
        "Application.ReadWrite.All"
    ),
    "GET /serviceprincipals/delta": (
        "Application.ReadWrite.OwnedBy Application.Read.All Directory.Read.All "
        "Application.ReadWrite.All Directory.ReadWrite.All"
    ),
    "GET /serviceprincipals/{id}/approleassignedto": (
        "Application.Read.All Application.ReadWrite.OwnedBy Directory.Read.All "
        "Application.ReadWrite.All Directory.ReadWrite.All"
    ),
    "POST /serviceprincipals/{id}/approleassignedto": (
        "Application.Read.All AppRoleAssignment.ReadWrite.All Directory.Read.All "
        "Application.ReadWrite.All"
    ),
    "DELETE /serviceprincipals/{id}/approleassignedto/{id}": (
        "AppRoleAssignment.ReadWrite.All Application.ReadWrite.All"
    ),
    "GET /serviceprincipals/{id}/owners": (
        "Application.Read.All Application.ReadWrite.OwnedBy Directory.Read.All "
        "Application.ReadWrite.All Directory.ReadWrite.All"
    ),
    "POST /serviceprincipals/{id}/owners": (
        "Application.ReadWrite.OwnedBy Directory.Read.All Application.ReadWrite.All "
        "Directory.ReadWrite.All"
    ),
    "DELETE /serviceprincipals/{id}/owners/{id}": (
        "Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.ReadWrite.All"
    ),
    "GET /applications": (
        "Application.Read.All Application.ReadWrite.OwnedBy Directory.Read.All "
        "Application.ReadWrite.All"
    ),
    "GET /applications/delta": (
        "Application.ReadWrite.OwnedBy Application.Read.All Directory.Read.All "
        "Application.ReadWrite.All Directory.ReadWrite.All"
    ),
    "GET /serviceprincipals/{id}/synchronization/jobs": (
        "Application.ReadWrite.OwnedBy Synchronization.Read.All Synchronization.ReadWrite.All"
    ),
    "GET /serviceprincipals/{id}/synchronization/jobs/{id}/schema": (
        "Application.ReadWrite.OwnedBy Synchronization.Read.All Synchronization.ReadWrite.All"
    ),
    "POST /serviceprincipals/{id}/synchronization/jobs/{id}/provisionondemand": (
        "Application.ReadWrite.OwnedBy Synchronization.ReadWrite.All"
    ),
    "POST /serviceprincipals/{id}/synchronization/jobs/{id}/start": (
        "Application.ReadWrite.OwnedBy Synchronization.ReadWrite.All"
    ),
    "GET /rolemanagement/directory/roledefinitions": (
        "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All "
        "RoleManagement.Read.All Directory.ReadWrite.All"
    ),
    "GET /rolemanagement/directory/roleassignments": (
        "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All "
        "Directory.ReadWrite.All"
    ),
    "POST /rolemanagement/directory/roleassignments": "RoleManagement.ReadWrite.Directory",
    "DELETE /rolemanagement/directory/roleassignments/{id}": "RoleManagement.ReadWrite.Directory",
    "GET /rolemanagement/directory/roleassignmentscheduleinstances": (
        "RoleAssignmentSchedule.Read.Directory RoleAssignmentSchedule.ReadWrite.Directory "
        "RoleManagement.Read.All RoleManagement.Read.Directory "
        "RoleManagement.ReadWrite.Directory"
    ),
    "GET /rolemanagement/directory/roleeligibilityscheduleinstances": (
        "RoleEligibilitySchedule.Read.Directory RoleEligibilitySchedule.ReadWrite.Directory "
        "RoleManagement.Read.All RoleManagement.Read.Directory "
        "RoleManagement.ReadWrite.Directory"
    ),
    "POST /rolemanagement/directory/roleeligibilityschedulerequests": (
        "RoleEligibilitySchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory"
    ),
    "POST /rolemanagement/directory/roleassignmentschedulerequests": (
        "RoleAssignmentSchedule.ReadWrite.Directory RoleManagement.ReadWrite.Directory "
        "RoleAssignmentSchedule.Remove.Directory RoleEligibilitySchedule.Remove.Directory"
    ),
    "GET /policies/rolemanagementpolicyassignments": (
        "RoleManagement.Read.All RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory"
    ),
    "GET /directoryroles": (
        "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All "
        "Directory.ReadWrite.All"
    ),
    "GET /directoryroles/delta": (
        "RoleManagement.Read.Directory Directory.Read.All Directory.ReadWrite.All "
        "RoleManagement.ReadWrite.Directory"
    ),
    "GET /directoryroles/{id}/members": (
        "RoleManagement.Read.Directory RoleManagement.ReadWrite.Directory Directory.Read.All "
        "Directory.ReadWrite.All"
    ),
    "GET /subscribedskus": (
        "LicenseAssignment.Read.All Directory.Read.All Organization.Read.All "
        "Directory.ReadWrite.All Organization.ReadWrite.All"
    ),
    "GET /auditlogs/directoryaudits": "AuditLog.Read.All Directory.Read.All",
    "GET /auditlogs/signins": "AuditLog.Read.All",
    "GET /organization": (
        "Directory.Read.All Organization.Read.All User.Read.All Directory.ReadWrite.All "
        "Organization.ReadWrite.All"
    ),
    "GET /domains": "Domain.Read.All Domain.ReadWrite.All Directory.Read.All",
    "GET /oauth2permissiongrants/delta": (
        "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All Directory.ReadWrite.All"
    ),
    "POST /directoryobjects/getbyids": "Directory.Read.All",
    "POST /directory/deleteditems/{id}/restore": "User.DeleteRestore.All User.ReadWrite.All",
}
