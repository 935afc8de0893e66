# Installs mlsearch from a release, without an administrator:
#
#   irm https://github.com/mlsearch/mlsearch/releases/latest/download/mlsearch-installer.ps1 | iex
#   .\mlsearch-installer.ps1 -To C:\tools -Version 0.1.0
#
# The archive must have the SHA-256 digest that the release states for it, and the program must start
# here before it takes the place of an older one. Whatever goes wrong leaves that one, or brings it back.
# MLSEARCH_RELEASES may name a mirror of https://github.com/mlsearch/mlsearch/releases.
param(
    # Where the program goes
    [string]$To = "$env:LOCALAPPDATA\Programs\mlsearch",
    # Which one, such as 0.1.0; without it, the newest
    [string]$Version = ""
)

function Install-Mlsearch([string]$To, [string]$Version) {
    $ErrorActionPreference = "Stop"
    $ProgressPreference = "SilentlyContinue"
    # PowerShell 5 of an older Windows begins with protocols that servers no longer speak.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    $target = "x86_64-pc-windows-msvc"
    $releases = "https://github.com/mlsearch/mlsearch/releases"
    if ($env:MLSEARCH_RELEASES) { $releases = $env:MLSEARCH_RELEASES.TrimEnd("/") }
    # A digest that came by plain HTTP is worth nothing, save from this machine itself.
    if ($releases -notmatch "^(https://|http://(127\.0\.0\.1|localhost)[:/])") {
        throw "``$releases`` is no https address: set MLSEARCH_RELEASES to one, or to none"
    }
    $Version = $Version -replace "^v", ""
    if ($Version -notmatch "^[0-9A-Za-z.+-]*$") { throw "``$Version`` is no version: name one as 0.1.0" }
    if ([Environment]::Is64BitOperatingSystem -ne $true) { throw "there is no archive for Windows of 32 bits" }

    $To = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($To)
    New-Item -ItemType Directory -Force -Path $To | Out-Null
    # Beside the program, so that taking its place is one renaming.
    $work = Join-Path $To (".mlsearch-installer." + [IO.Path]::GetRandomFileName())
    New-Item -ItemType Directory -Path $work | Out-Null
    try {
        $sums = Join-Path $work "SHA256SUMS"
        # The newest version is the one whose archive the newest release names.
        $from = if ($Version) { "$releases/download/v$Version" } else { "$releases/latest/download" }
        Invoke-WebRequest -UseBasicParsing -Uri "$from/SHA256SUMS" -OutFile $sums
        $wanted = if ($Version) { [regex]::Escape($Version) } else { "[0-9A-Za-z.+-]+" }
        $stated = @(Get-Content $sums | Select-String -CaseSensitive -Pattern "^([0-9a-f]{64})  mlsearch-($wanted)-$target\.zip$")
        if ($stated.Count -ne 1) { throw "the release has no archive for ${target}: look at $releases" }
        $digest = $stated[0].Matches[0].Groups[1].Value
        $Version = $stated[0].Matches[0].Groups[2].Value

        $name = "mlsearch-$Version-$target"
        $archive = Join-Path $work "$name.zip"
        Invoke-WebRequest -UseBasicParsing -Uri "$releases/download/v$Version/$name.zip" -OutFile $archive
        $found = (Get-FileHash -Algorithm SHA256 -Path $archive).Hash.ToLowerInvariant()
        if ($found -cne $digest) {
            throw "``$name.zip`` is not what the release says it is: its SHA-256 is $found, and should be $digest; nothing was installed"
        }
        Expand-Archive -Path $archive -DestinationPath $work
        $program = Join-Path (Join-Path $work $name) "mlsearch.exe"
        $says = & $program --version
        if ($LASTEXITCODE -ne 0) { throw "the program does not run here" }

        $installed = Join-Path $To "mlsearch.exe"
        # A program that runs can be renamed on Windows, and not replaced.
        if (Test-Path $installed) { Move-Item -Force -Path $installed -Destination (Join-Path $work "old.exe") }
        try {
            Move-Item -Path $program -Destination $installed
        } catch {
            if (Test-Path (Join-Path $work "old.exe")) { Move-Item -Path (Join-Path $work "old.exe") -Destination $installed }
            throw
        }
        Write-Output "installed $says as $installed"
        if (($env:PATH -split ";") -notcontains $To) { Write-Output "hint: add $To to your PATH" }
    } finally {
        # What still runs goes with the next installation.
        Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $work
        Get-ChildItem -Path $To -Filter ".mlsearch-installer.*" -Force | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue
    }
}

# At the end, so that half of this text does nothing.
Install-Mlsearch -To $To -Version $Version
